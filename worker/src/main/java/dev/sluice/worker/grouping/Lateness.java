package dev.sluice.worker.grouping;

import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.runners.core.metrics.CounterCell;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;

/**
 * Says when a window is beyond its allowed lateness, and counts what is dropped for it under the
 * name that Beam's runners use.
 *
 * <p>Owned by one operator; the task's thread only.
 */
final class Lateness {
  private final Duration allowed;
  private final CounterCell dropped;

  Lateness(WindowingStrategy<?, ?> strategy, MetricsContainerImpl metrics) {
    this.allowed = strategy.getAllowedLateness();
    this.dropped =
        metrics.getCounter(
            MetricName.named(
                LateDataDroppingDoFnRunner.class,
                LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS));
  }

  /** The last moment of the input watermark at which the window still takes elements. */
  long expiryMs(BoundedWindow window) {
    return LateDataUtils.garbageCollectionTime(window, allowed).getMillis();
  }

  /** Counts an element of one expired window. */
  void drop() {
    dropped.inc();
  }
}
