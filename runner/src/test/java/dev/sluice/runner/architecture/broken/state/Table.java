package dev.sluice.runner.architecture.broken.state;

import dev.sluice.runner.architecture.broken.translation.Plan;
import dev.sluice.runner.architecture.broken.worker.Work;
import org.apache.beam.sdk.options.PipelineOptions;

/** Imports from below it, and knows the graph and a pipeline's options. */
record Table(Plan plan, Work work, PipelineOptions options) {}
