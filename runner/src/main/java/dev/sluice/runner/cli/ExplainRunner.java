package dev.sluice.runner.cli;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/** placeholder. */
public final class ExplainRunner extends PipelineRunner<PipelineResult> {
  public static ExplainRunner fromOptions(PipelineOptions options) {
    return new ExplainRunner();
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    throw new UserError("not yet");
  }
}
