package dev.sluice.runner.architecture.broken.storage;

import dev.sluice.runner.architecture.broken.portability.JobService;
import dev.sluice.runner.architecture.broken.translation.Plan;

/** Imports from below it, and knows a pipeline. */
record Places(JobService service, Plan plan) {}
