package dev.sluice.runner.architecture.broken.worker.body;

import dev.sluice.runner.architecture.broken.worker.task.Errand;

/** Imports its neighbour. */
public record Torso(Errand errand) {}
