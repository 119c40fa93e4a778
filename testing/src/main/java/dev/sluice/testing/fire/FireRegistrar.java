package dev.sluice.testing.fire;

import com.google.auto.service.AutoService;
import java.util.List;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;
import org.apache.beam.sdk.runners.PipelineRunnerRegistrar;

/**
 * Tells Beam of the runner and the options here, so that {@code --runner=FireSluiceRunner
 * --crashSeed=42} works wherever this module is on the class path.
 */
public final class FireRegistrar {
  private FireRegistrar() {}

  /** Names the runner. */
  @AutoService(PipelineRunnerRegistrar.class)
  public static final class Runners implements PipelineRunnerRegistrar {
    @Override
    public Iterable<Class<? extends PipelineRunner<?>>> getPipelineRunners() {
      return List.of(FireSluiceRunner.class);
    }
  }

  /** Names the options. */
  @AutoService(PipelineOptionsRegistrar.class)
  public static final class Options implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return List.of(FireOptions.class);
    }
  }
}
