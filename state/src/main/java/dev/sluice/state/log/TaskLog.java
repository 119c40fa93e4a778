package dev.sluice.state.log;

import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The log of what one task changes in its state, by epoch; made safe in a storage by each
 * checkpoint.
 *
 * <p>Called by the task's thread, which copies bytes here and never waits: blocks are packed, kept
 * and written in lanes of their own. {@link #open} takes changes of the current epoch, {@link
 * #closing} those of the epoch before, which the last {@link #closeEpoch} ended and {@link #seal}
 * has not yet been called for. What is always true: what was logged is packed, kept or safe, in
 * order, until {@link #close}; so an upload that fails loses nothing.
 */
public final class TaskLog implements AutoCloseable {
  private final LogPlace place;
  private final StateNames names;
  private final LogLimits limits;
  private final KeptBlocks kept;
  private final RawBlocks raw;
  private final Uploads uploads;
  private final EpochLog open;
  private final EpochLog closing;
  private long epoch = 1;

  /**
   * A log that begins now.
   *
   * @param filter the key groups and transforms that are the task's; decides what of an adopted
   *     origin is taken over, and what stays in a base
   * @param names the names of the task's transforms and states; more may become known later
   */
  public TaskLog(
      LogPlace place, LogOrigin origin, SegmentFilter filter, StateNames names, LogLimits limits) {
    this.place = place;
    this.names = names;
    this.limits = limits;
    this.kept = new KeptBlocks(place.scratch(), limits.heapBytes());
    this.raw = new RawBlocks(place.lanes().blocks(), kept);
    this.uploads = new Uploads(place, origin, filter, names, limits, kept);
    this.open = new EpochLog(raw);
    this.closing = new EpochLog(raw);
    open.begin(new Epoch(epoch));
  }

  /** Takes changes of the current epoch; always the same object. */
  public ChangeLog open() {
    return open;
  }

  /** Takes changes of the epoch that is being closed; always the same object. */
  public ChangeLog closing() {
    return closing;
  }

  /** Returns the names by whose hashes keys are made. */
  public StateNames names() {
    return names;
  }

  /** Ends the current epoch; the one before must have been sealed. */
  public void closeEpoch() {
    if (closing.epoch() != null) {
      throw new IllegalStateException(
          String.format(
              "epoch %d of %s ends, and epoch %d was not sealed",
              epoch, place.prefix(), closing.epoch().number()));
    }
    closing.take(open);
    epoch++;
    open.begin(new Epoch(epoch));
  }

  /** Says that what was logged waits for too long: to be asked before more is encoded. */
  public boolean congested() {
    return raw.waitingBytes() > limits.rawBytes();
  }

  /**
   * Makes the epoch that was being closed safe, everything of it having been logged.
   *
   * @param whenSafe called on another thread, once
   */
  public void seal(long checkpoint, Consumer<Sealed> whenSafe) {
    @Nullable Epoch sealed = closing.epoch();
    if (sealed == null) {
      throw new IllegalStateException(
          "checkpoint "
              + checkpoint
              + " seals an epoch of "
              + place.prefix()
              + " that was not closed");
    }
    closing.flush();
    closing.begin(null);
    LogLanes lanes = place.lanes();
    lanes
        .blocks()
        .accept(() -> lanes.uploads().accept(() -> uploads.seal(sealed, checkpoint, whenSafe)));
  }

  /** A checkpoint is complete: what only earlier ones needed that never were can be deleted. */
  public void completed(long checkpoint) {
    place.lanes().uploads().accept(() -> uploads.completed(checkpoint));
  }

  /** Gives up what is not safe. What was asked for is still answered. */
  @Override
  public void close() {
    uploads.close();
    place.lanes().blocks().accept(kept::close);
  }
}
