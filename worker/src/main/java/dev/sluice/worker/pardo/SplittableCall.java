package dev.sluice.worker.pardo;

import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.TimestampObservingWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.joda.time.Instant;

/**
 * What a call into a splittable DoFn is about beside its element; overwritten by every call.
 *
 * <p>Owned by one operator. Every output of the call passes by here, for estimators that want to
 * see timestamps, and because a call that emits nothing may be one of many.
 */
final class SplittableCall {
  private RestrictionTracker<?, ?> tracker;
  private WatermarkEstimator<?> estimator;
  private TimestampObservingWatermarkEstimator<?> observing;
  private boolean hasEmitted;

  void begin(RestrictionTracker<?, ?> newTracker, WatermarkEstimator<?> newEstimator) {
    tracker = newTracker;
    estimator = newEstimator;
    hasEmitted = false;
    observing =
        newEstimator instanceof TimestampObservingWatermarkEstimator<?> observer ? observer : null;
  }

  /** Something was emitted at {@code timestampMs}. */
  void emitted(long timestampMs) {
    hasEmitted = true;
    if (observing != null) {
      observing.observeTimestamp(Instant.ofEpochMilli(timestampMs));
    }
  }

  /** Whether anything was emitted since the call began. */
  boolean hasEmitted() {
    return hasEmitted;
  }

  RestrictionTracker<?, ?> tracker() {
    return tracker;
  }

  WatermarkEstimator<?> estimator() {
    return estimator;
  }
}
