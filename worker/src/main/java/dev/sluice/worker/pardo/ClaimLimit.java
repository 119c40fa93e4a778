package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.TaskContext;
import dev.sluice.worker.stage.TaskServices;
import dev.sluice.worker.world.JobClock;
import org.apache.beam.sdk.fn.splittabledofn.RestrictionTrackers;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.joda.time.Instant;

/**
 * Ends one call of a splittable DoFn early: after a number of claims or a length of time, or when a
 * barrier is on its way, it splits off what has not been claimed yet, so the next claim fails.
 *
 * <p>Lives for one call, in its thread. Always true: {@link #residual} together with what the
 * tracker is left with is the restriction that the call began with, and {@link #watermark} was read
 * before it was split off.
 */
final class ClaimLimit implements RestrictionTrackers.ClaimObserver<Object> {
  private static final int MAX_CLAIMS = 10_000;
  private static final int MAX_MS = 100;
  private static final int CLAIMS_PER_LOOK = 16;

  private final RestrictionTracker<Object, Object> tracker;
  private final WatermarkEstimator<Object> estimator;
  private final JobClock clock;
  private final TaskServices services;
  private final long startedMs;
  private int claims;
  private boolean claimFailed;
  private boolean split;
  private Object residual;
  private Instant watermark;
  private Object estimatorState;

  ClaimLimit(
      RestrictionTracker<Object, Object> tracker,
      WatermarkEstimator<Object> estimator,
      TaskContext task) {
    this.tracker = tracker;
    this.estimator = estimator;
    this.clock = task.clock();
    this.services = task.services();
    this.startedMs = clock.nowMs();
  }

  @Override
  public void onClaimed(Object position) {
    checkNoneFailed();
    claims++;
    boolean tooLong = claims % CLAIMS_PER_LOOK == 0 && clock.nowMs() - startedMs >= MAX_MS;
    // The barrier is looked for at every claim: what follows one may take the user long.
    if (!split && (claims >= MAX_CLAIMS || tooLong || services.barrierAnnounced())) {
      splitOff();
    }
  }

  @Override
  public void onClaimFailed(Object position) {
    checkNoneFailed();
    claimFailed = true;
  }

  private void checkNoneFailed() {
    if (claimFailed) {
      throw new IllegalStateException(
          "Must not call tryClaim() after it has previously returned false");
    }
  }

  /** Splits off what has not been claimed, unless that was done before. */
  void splitOff() {
    if (residual == null) {
      watermark = estimator.currentWatermark();
      estimatorState = estimator.getState();
      SplitResult<Object> parts = tracker.trySplit(0);
      if (parts != null) {
        residual = parts.getResidual();
      }
      split = true;
    }
  }

  boolean claimFailed() {
    return claimFailed;
  }

  /** What is left to do, or null. */
  Object residual() {
    return residual;
  }

  Instant watermark() {
    return watermark;
  }

  Object estimatorState() {
    return estimatorState;
  }
}
