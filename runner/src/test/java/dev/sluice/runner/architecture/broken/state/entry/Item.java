package dev.sluice.runner.architecture.broken.state.entry;

import dev.sluice.runner.architecture.broken.state.page.Leaf;

/** Imports what stands above it. */
public record Item(Leaf leaf) {}
