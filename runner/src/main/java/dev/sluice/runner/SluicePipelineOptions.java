package dev.sluice.runner;

import dev.sluice.worker.source.SourceOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.StreamingOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Options of {@link SluiceRunner}, beside Beam's own {@code --streaming}, {@code --jobName} and
 * {@code --tempLocation}.
 */
public interface SluicePipelineOptions extends StreamingOptions, SourceOptions {

  // No @Default: other runners have an option of this name with another default, and Beam refuses
  // to have both on one class path.
  /** Parallel tasks of a stage; absent (or -1) means as many as the machine has cores. */
  @Description("Parallel tasks of a stage. Default: as many as the machine has cores.")
  @Nullable Integer getParallelism();

  /** Sets {@link #getParallelism}. */
  void setParallelism(@Nullable Integer parallelism);

  /** Milliseconds from one checkpoint of a streaming job to the next; 0 for none. */
  @Description(
      "Milliseconds from one checkpoint of a streaming job to the next; 0 for none. At a checkpoint sources are"
          + " acknowledged, bundle finalizers run and metrics become committed.")
  @Default.Long(10_000)
  long getCheckpointIntervalMs();

  /** Sets {@link #getCheckpointIntervalMs}. */
  void setCheckpointIntervalMs(long checkpointIntervalMs);
}
