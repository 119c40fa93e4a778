package dev.sluice.runner.architecture.broken.coordinator;

import dev.sluice.runner.architecture.broken.portability.JobService;

/** Imports from below it. */
public record Placement(JobService service) {}
