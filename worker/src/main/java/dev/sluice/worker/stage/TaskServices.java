package dev.sluice.worker.stage;

import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;

/** What a task does for its operators; called by the task's thread only. */
public interface TaskServices {

  /**
   * Begins a bundle if none is open. A source asks for one before it emits, so that there is none
   * when it has nothing: what user code emits at the end of a bundle without elements would come
   * after the source's last watermark.
   */
  void openBundle();

  /**
   * Asks the coordinator for a notice when the whole job is quiescent; {@code whenQuiescent} then
   * runs in this task's thread between steps.
   */
  void awaitQuiescence(Runnable whenQuiescent);

  /** Moves the job's clock to {@code nowMs}, for all of its tasks. */
  void setJobClock(long nowMs);

  /**
   * Whether a barrier is on its way that the task has not passed: what may end early, a bundle or
   * the claim of a splittable DoFn, should, so that the barrier does not wait for it. A volatile
   * read.
   */
  default boolean barrierAnnounced() {
    return false;
  }

  /**
   * Whether the watermark is beyond this time only because the job was drained, so that what fires
   * at it would not have fired yet.
   */
  default boolean causedByDrain(long timeMs) {
    return false;
  }

  /** Which of its transforms is at work. */
  default AtWork atWork() {
    return new AtWork();
  }

  /**
   * Runs {@code callback} in this task's thread after the next checkpoint of this task is complete:
   * the one whose barrier comes next, or the one that is being taken if called from {@link
   * Operator#barrier}.
   */
  void afterCheckpoint(BundleFinalizer.Callback callback);
}
