package dev.sluice.runner.architecture.broken.state;

import dev.sluice.runner.architecture.broken.state.windowed.Accumulator;
import dev.sluice.runner.architecture.broken.translation.Plan;
import dev.sluice.runner.architecture.broken.worker.Work;
import org.apache.beam.sdk.options.PipelineOptions;

/** Imports from below it, and knows the graph, a pipeline's options and one of its own rooms. */
record Table(Plan plan, Work work, PipelineOptions options, Accumulator accumulator) {}
