package dev.sluice.runner.architecture.broken.coordinator;

import dev.sluice.runner.architecture.broken.portability.JobService;
import dev.sluice.runner.architecture.broken.worker.Work;

/** Imports from below it, and knows the inside of a worker. */
public record Placement(JobService service, Work work) {}
