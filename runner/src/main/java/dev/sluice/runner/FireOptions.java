package dev.sluice.runner;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Options that put jobs under fire; for tests of the engine only. */
@Hidden
public interface FireOptions extends PipelineOptions {

  /** The seed of the moment at which the job loses its worker; absent: it does not. */
  @Description(
      "Kill the job's worker, which it has to itself, once, at a moment that follows from this seed"
          + " and the name of the application, and have it recover from its last checkpoint. No"
          + " state stays on the heap, and tasks are slow at first, so that checkpoints fall"
          + " between their steps.")
  @Nullable Long getCrashSeed();

  /** Sets {@link #getCrashSeed}. */
  void setCrashSeed(@Nullable Long crashSeed);
}
