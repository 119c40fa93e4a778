package dev.sluice.runner.architecture.broken.worker;

import dev.sluice.runner.architecture.broken.coordinator.Placement;
import dev.sluice.runner.architecture.broken.worker.shed.Rake;

/** Imports from below it, and from a package that nobody has planned. */
public record Work(Placement placement, Rake rake) {}
