package dev.sluice.worker.stage;

import dev.sluice.worker.watermark.Activity;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One transform at work within a task.
 *
 * <p>Owned by its {@link JavaStage} and called by the task's thread only, in this order: {@link
 * #open}; then any number of bundles ({@link #startBundle}, elements and timers, {@link
 * #finishBundle}), each of one slice or more, with {@link #advanceWatermark} between slices; then
 * {@link #close}. Always true: everything it would have to save at a barrier is in the {@code
 * TaskState} of its {@link OperatorContext}, not in its fields.
 */
public interface Operator {

  /** Prepares for work: DoFn set-up, state. */
  default void open() throws Exception {}

  /** A bundle begins; called before its first element or timer. */
  default void startBundle() {}

  /** A bundle ends; may still emit. Called in topological order. */
  default void finishBundle() {}

  /**
   * A slice of a bundle has ended, or the bundle itself, after {@link #finishBundle}: counts what
   * is on the heap, and makes it less if that is too much. May emit if the bundle is still open.
   */
  default void endSlice() {}

  /**
   * The input pauses within a bundle, or is slow: emits what was kept only because it might become
   * less, for there is time now.
   */
  default void pause() {}

  /** What it was given in the open bundle; null if it keeps nothing until the bundle ends. */
  default @Nullable BundleSize bundleSize() {
    return null;
  }

  /** Whether the end of the bundle alone would advance its output watermark. */
  default boolean holdsForBundle() {
    return false;
  }

  /**
   * The input watermark has advanced. Called between two slices, in topological order; fires
   * nothing itself: what has become due is fired by {@link #fireTimers} within a bundle.
   *
   * @param inputWatermarkMs never less than before
   */
  void advanceWatermark(long inputWatermarkMs);

  /**
   * What is to be expected of its outputs. Asked between slices, after {@link #advanceWatermark}
   * and before {@link #outputWatermarkMs}. Whoever has elements, state or timers that hold the
   * watermark, or would if it came further, is active, or what comes of them would be late.
   *
   * @param input what is to be expected of its input; {@link Activity#ENDED} for a source
   */
  default Activity activity(Activity input) {
    return input;
  }

  /**
   * The least timestamp that may still be emitted: the input watermark, or an earlier hold. What
   * may still be emitted at the end of an open bundle counts.
   */
  long outputWatermarkMs();

  /** Whether {@link #fireTimers} has something to do at this watermark and clock. */
  default boolean hasDueWork() {
    return false;
  }

  /**
   * Does up to {@code limit} pieces of due work (timers, expired windows, elements whose side input
   * has become ready) within the open bundle.
   *
   * @return how many were done
   */
  default int fireTimers(int limit) {
    return 0;
  }

  /**
   * When {@link #hasDueWork} may change by the job's clock alone; {@code Long.MAX_VALUE} if never.
   */
  default long nextProcessingTimeMs() {
    return Long.MAX_VALUE;
  }

  /**
   * The tasks upstream have come to this processing time: what they were given before is done, and
   * what they made of it has been received. Called between slices; fires nothing itself.
   *
   * @param timeMs of the job's clock; never less than before
   */
  default void advanceSynchronizedTime(long timeMs) {}

  /**
   * The synchronized processing time behind which {@link #hasDueWork} will change; {@code
   * Long.MAX_VALUE} if none.
   */
  default long nextSynchronizedTimeMs() {
    return Long.MAX_VALUE;
  }

  /**
   * Whether the task must live on although its input has ended, because something here will still
   * be done by the clock or by a side input.
   */
  default boolean hasPendingWork() {
    return false;
  }

  /**
   * All input up to a barrier is done; no bundle is open. What must wait until the checkpoint is
   * complete is handed to {@link TaskServices#afterCheckpoint} now.
   */
  default void barrier(long checkpoint) {}

  /**
   * The job drains: what would otherwise read for ever stops. A source finds its end at the next
   * poll, and its output watermark is at the end of time; one that ends by itself reads on until
   * then. Called between bundles.
   *
   * @return the output watermark that a drain now takes to the end of time; {@code Long.MAX_VALUE}
   *     if it does not
   */
  default long drain() {
    return Long.MAX_VALUE;
  }

  /**
   * Whether it holds work back that only the completion of a checkpoint releases: elements and
   * timers for a DoFn that requires stable input. Asked between bundles, when nothing is due.
   */
  default boolean waitsForCheckpoint() {
    return false;
  }

  /**
   * Releases what {@link #open} took: DoFn teardown, readers. Called once, also after a failure.
   */
  default void close() throws Exception {}
}
