package dev.sluice.testing.fire;

import dev.sluice.runner.SluicePipelineResult;
import dev.sluice.runner.SluiceRunner;
import dev.sluice.runner.TestSluiceRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsValidator;

/**
 * {@link TestSluiceRunner} whose jobs are under fire: each has a worker to itself and loses it
 * once, at a moment that follows from {@code --crashSeed}.
 */
public final class FireSluiceRunner extends PipelineRunner<SluicePipelineResult> {
  private final PipelineOptions options;
  private final long seed;

  private FireSluiceRunner(PipelineOptions options, long seed) {
    this.options = options;
    this.seed = seed;
  }

  /**
   * How Beam makes a runner.
   *
   * @throws IllegalArgumentException if there is no {@code --crashSeed}
   */
  public static FireSluiceRunner fromOptions(PipelineOptions options) {
    FireOptions fire = PipelineOptionsValidator.validate(FireOptions.class, options);
    return new FireSluiceRunner(options, fire.getCrashSeed());
  }

  @Override
  public SluicePipelineResult run(Pipeline pipeline) {
    String job = options.as(ApplicationNameOptions.class).getAppName();
    SluiceRunner underFire = SluiceRunner.fromOptions(options).intercepted(new Fire(job, seed));
    return TestSluiceRunner.around(underFire, options).run(pipeline);
  }
}
