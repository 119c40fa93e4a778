package dev.sluice.worker.pardo;

import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;

/** What a call into a splittable DoFn is about beside its element; overwritten by every call. */
final class SplittableCall {
  Object restriction;
  RestrictionTracker<?, ?> tracker;
  Object estimatorState;
  WatermarkEstimator<?> estimator;

  Object restriction() {
    return restriction;
  }

  RestrictionTracker<?, ?> tracker() {
    return tracker;
  }

  Object estimatorState() {
    return estimatorState;
  }

  WatermarkEstimator<?> estimator() {
    return estimator;
  }
}
