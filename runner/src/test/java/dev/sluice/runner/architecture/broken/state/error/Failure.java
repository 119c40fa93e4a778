package dev.sluice.runner.architecture.broken.state.error;

import dev.sluice.runner.architecture.broken.state.key.Group;

/** Imports what stands above it. */
public record Failure(Group group) {}
