package dev.sluice.worker.source;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Options that sources look at. */
public interface SourceOptions extends PipelineOptions {

  /**
   * Milliseconds after which a split without new elements stops holding the watermark back; 0 for
   * never.
   */
  @Description(
      "Milliseconds after which a split of an unbounded source that has been silent stops holding"
          + " the watermark of the other splits back; 0 (the default) for never.")
  @Default.Long(0)
  long getIdleSplitTimeoutMs();

  void setIdleSplitTimeoutMs(long value);
}
