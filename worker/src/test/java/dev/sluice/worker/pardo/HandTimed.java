package dev.sluice.worker.pardo;

import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.joda.time.Instant;

/**
 * A splittable DoFn that can claim three offsets of each element, and says itself how far its time
 * has come, beginning with the time of the element.
 *
 * <p>What it does with an offset is up to its subclasses, which are as unbounded as it is: Beam
 * looks for annotations in all superclasses.
 */
@DoFn.UnboundedPerElement
abstract class HandTimed extends DoFn<Integer, String> {
  @GetInitialRestriction
  public OffsetRange whole() {
    return new OffsetRange(0, 3);
  }

  @GetInitialWatermarkEstimatorState
  public Instant initial(@Timestamp Instant timestamp) {
    return timestamp;
  }

  @NewWatermarkEstimator
  public WatermarkEstimators.Manual estimator(@WatermarkEstimatorState Instant state) {
    return new WatermarkEstimators.Manual(state);
  }
}
