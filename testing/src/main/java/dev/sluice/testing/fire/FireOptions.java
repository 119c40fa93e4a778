package dev.sluice.testing.fire;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What {@link FireSluiceRunner} wants to know beside the options of every job. */
@Hidden
public interface FireOptions extends PipelineOptions {

  /** The seed of the moment at which the job loses its worker. */
  @Description(
      "Kill the job's worker once, at a moment that follows from this seed and the name of the"
          + " application, and have the job recover from its last checkpoint.")
  @Validation.Required
  @Nullable Long getCrashSeed();

  /** Sets {@link #getCrashSeed}. */
  void setCrashSeed(@Nullable Long crashSeed);
}
