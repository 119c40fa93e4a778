package dev.sluice.worker.stage;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Options that sources look at. */
public interface SourceOptions extends PipelineOptions {

  /**
   * Milliseconds after which what has brought neither an element nor a later watermark stops
   * holding the watermark of the others back: a split of an unbounded source, or what is left of an
   * element of a splittable DoFn; 0 for never.
   */
  @Description(
      "Milliseconds after which a silent split of an unbounded source, or a silent restriction of a"
          + " splittable DoFn, stops holding the watermark of the others back, in its own task and"
          + " downstream; 0 (the default) for never. If all are silent the watermark stays.")
  @Default.Long(0)
  long getIdleSplitTimeoutMs();

  void setIdleSplitTimeoutMs(long value);
}
