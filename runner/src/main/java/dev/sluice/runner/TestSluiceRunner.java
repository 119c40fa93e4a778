package dev.sluice.runner;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.testing.TestPipelineOptions;
import org.joda.time.Duration;

/**
 * {@link SluiceRunner} for tests: {@link #run} waits until the pipeline has ended, and throws what
 * made it fail.
 *
 * <p>The failure is the cause of a {@link JobFailedException}, be it an {@code AssertionError} of a
 * {@code PAssert} (which {@code TestPipeline} then throws itself) or an exception of user code.
 */
public final class TestSluiceRunner extends PipelineRunner<SluicePipelineResult> {
  private final SluiceRunner runner;
  private final TestPipelineOptions options;

  private TestSluiceRunner(SluiceRunner runner, TestPipelineOptions options) {
    this.runner = runner;
    this.options = options;
  }

  /** How Beam makes a runner. */
  public static TestSluiceRunner fromOptions(PipelineOptions options) {
    return around(SluiceRunner.fromOptions(options), options);
  }

  /** One that has {@code runner} run the pipelines. */
  public static TestSluiceRunner around(SluiceRunner runner, PipelineOptions options) {
    return new TestSluiceRunner(runner, options.as(TestPipelineOptions.class));
  }

  @Override
  public SluicePipelineResult run(Pipeline pipeline) {
    SluicePipelineResult result = runner.run(pipeline);
    if (!options.isBlockOnRun()) {
      return result;
    }
    Long limitSeconds = options.getTestTimeoutSeconds();
    Duration limit = limitSeconds == null ? Duration.ZERO : Duration.standardSeconds(limitSeconds);
    if (result.waitUntilFinish(limit) == null) {
      result.cancel();
      throw new AssertionError(
          "the pipeline has not ended within the %d s of --testTimeoutSeconds and was cancelled"
              .formatted(limitSeconds));
    }
    return result;
  }
}
