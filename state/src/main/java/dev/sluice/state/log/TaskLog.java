package dev.sluice.state.log;

import java.util.function.Consumer;

/**
 * The log of what one task changes in its state, by epoch; made safe in a storage by each
 * checkpoint.
 *
 * <p>Called by the task's thread, which never waits here. {@link #open} takes changes of the epoch
 * that is going on, {@link #closing} those of the epoch before, which the last {@link #closeEpoch}
 * ended and {@link #seal} has not yet been called for.
 */
public final class TaskLog implements AutoCloseable {
  /**
   * A log that begins now.
   *
   * @param filter the key groups and transforms that are the task's; decides what of an adopted
   *     origin is taken over
   * @param names the names of the task's transforms and states; more may become known later
   */
  public TaskLog(
      LogPlace place,
      LogOrigin origin,
      SegmentFilter filter,
      StateNames names,
      LogLimits limits) {}

  /** Takes changes of the epoch that is going on; always the same object. */
  public ChangeLog open() {
    throw new UnsupportedOperationException();
  }

  /** Takes changes of the epoch that is being closed; always the same object. */
  public ChangeLog closing() {
    throw new UnsupportedOperationException();
  }

  /** Returns the names by whose hashes keys are made. */
  public StateNames names() {
    throw new UnsupportedOperationException();
  }

  /** Ends the epoch that is going on; the one before must have been sealed. */
  public void closeEpoch() {
    throw new UnsupportedOperationException();
  }

  /** Says that what was logged waits for too long: to be asked before more is encoded. */
  public boolean congested() {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes the epoch that was being closed safe, everything of it having been logged.
   *
   * @param whenSafe is told, on another thread, once
   */
  public void seal(long checkpoint, Consumer<Sealed> whenSafe) {
    throw new UnsupportedOperationException();
  }

  /** A checkpoint is complete: what only earlier ones needed that never were can be deleted. */
  public void completed(long checkpoint) {
    throw new UnsupportedOperationException();
  }

  /** Gives up what is not safe. What was asked for is still answered. */
  @Override
  public void close() {}
}
