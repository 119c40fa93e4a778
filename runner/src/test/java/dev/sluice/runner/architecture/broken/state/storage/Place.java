package dev.sluice.runner.architecture.broken.state.storage;

import dev.sluice.runner.architecture.broken.state.log.Change;

/** Imports what stands above it. */
public record Place(Change change) {}
