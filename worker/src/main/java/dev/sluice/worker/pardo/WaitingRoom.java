package dev.sluice.worker.pardo;

import dev.sluice.worker.watermark.Activity;

/**
 * A place within a ParDo where something waits for its turn: elements for a checkpoint or a side
 * input, timers for their time, what is left of restrictions for theirs.
 *
 * <p>Owned by one {@link ParDoOperator}, which has its rooms in the order in which an element
 * passes them, and calls them by the task's thread. Always true: what waits is neither emitted nor
 * makes anything that is emitted before {@link #holdMs}, in event time.
 */
interface WaitingRoom {

  /** What was saved has been restored. */
  default void open() {}

  /** All input up to a barrier is done; what is to be saved is in the task's state after this. */
  default void barrier(long checkpoint) {}

  /**
   * The watermark has come to this in front of the room.
   *
   * @return how far it has come behind the room
   */
  long advance(long watermarkMs);

  /**
   * What is to be expected of the room, between slices.
   *
   * @return {@code input} if nothing waits
   */
  Activity activity(Activity input);

  /** The least timestamp of what may come of all that waits; beyond all of time if nothing does. */
  long holdMs();

  /** What waits reads no side input of a window that ends before this. */
  default long needMs() {
    return Long.MAX_VALUE;
  }

  /** Whether something need not wait any longer; {@link #fire} does some of it then. */
  boolean hasDueWork();

  /**
   * Lets through up to {@code limit} pieces of what is due, within the open bundle.
   *
   * @return how many; {@code limit} also if the bundle should end although more is due
   */
  int fire(int limit);

  /** When {@link #hasDueWork} may change by the clock alone; {@code Long.MAX_VALUE} if never. */
  default long nextProcessingTimeMs() {
    return Long.MAX_VALUE;
  }

  /** Whether something waits that keeps the task alive behind the end of its input. */
  boolean hasPendingWork();

  /** Whether something waits that only the completion of a checkpoint lets through. */
  default boolean waitsForCheckpoint() {
    return false;
  }

  /** Called once, at the end. */
  default void close() {}
}
