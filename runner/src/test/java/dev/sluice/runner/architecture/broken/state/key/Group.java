package dev.sluice.runner.architecture.broken.state.key;

import dev.sluice.runner.architecture.broken.state.disk.Scratch;

/** Imports what stands above it. */
public record Group(Scratch scratch) {}
