package dev.sluice.worker.stage;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Options about bundles. */
public interface BundleOptions extends PipelineOptions {

  /** Milliseconds that a bundle of unbounded input may last where a DoFn has a @FinishBundle. */
  @Description(
      "Milliseconds that a bundle of unbounded input may last where a DoFn has a @FinishBundle,"
          + " such as one that writes a file or a batch for each bundle. What is to come out at the"
          + " end of a bundle waits that long, and so does the watermark. Default: 10, and no more"
          + " than 1,000 elements. Bundles of bounded input are as large as memory allows.")
  @Default.Long(10)
  long getMaxBundleMs();

  /** Sets {@link #getMaxBundleMs}. */
  void setMaxBundleMs(long maxBundleMs);
}
