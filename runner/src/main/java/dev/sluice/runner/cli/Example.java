package dev.sluice.runner.cli;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * A pipeline that comes with Sluice and can be run by name.
 *
 * <p>An implementation is annotated with picocli's {@code @Command}, which holds its name and the
 * one line that {@code sluice examples} shows; its {@code @Option} fields are set before either
 * method is called. Options it does not know are Beam's and arrive in the {@link PipelineOptions}.
 * Found with {@link java.util.ServiceLoader}; used by the main thread only.
 */
public interface Example {
  /** The pipeline as it would run, without touching the files or brokers that it names. */
  Pipeline pipeline(PipelineOptions options);

  /**
   * Checks the input, runs the pipeline to its end and leaves nothing behind.
   *
   * @param screen where to show progress and the outcome
   * @return the exit code: 0 if everything that the example promises came true
   * @throws UserError if something is wrong that the user can put right
   */
  int run(PipelineOptions options, Screen screen) throws Exception;
}
