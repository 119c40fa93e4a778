package dev.sluice.runner.architecture.broken.worker;

import dev.sluice.runner.architecture.broken.coordinator.Placement;

/** Imports from below it. */
public record Work(Placement placement) {}
