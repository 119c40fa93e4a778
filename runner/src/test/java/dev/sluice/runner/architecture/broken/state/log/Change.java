package dev.sluice.runner.architecture.broken.state.log;

import dev.sluice.runner.architecture.broken.state.store.Shelf;

/** Imports what stands above it. */
public record Change(Shelf shelf) {}
