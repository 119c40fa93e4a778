package dev.sluice.worker.exchange;

import dev.sluice.worker.record.Batch;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The producer's end of a channel: the ordered way from one producer task to one consumer task,
 * whether both are in one process or not.
 *
 * <p>Owned by the producer's task, whose {@link Outlet} decides what to send, and when. Always
 * true: batches and {@link ControlItem}s arrive at the {@link ChannelReader} once each, in the
 * order in which they were handed over; {@link Feedback} comes the other way in the same manner;
 * and an end knows of the other nothing but what was sent. The producer's task is woken when
 * feedback arrives, except for a {@link Feedback.Credit}, which is looked at with the next batch.
 *
 * <p>The handshake of catching up: a watermark goes to the consumers of a task one after the other,
 * so one of them may act on it before another has received it. {@link #behind} says that this
 * consumer has yet to receive something that others may have received already, {@link #caughtUp}
 * that it has been handed over. A consumer that begins the handshake ({@link
 * ChannelReader#awaitCatchUp}) is notified by this end, at once if the channel is not behind and
 * otherwise as soon as it has caught up; never by the producer's task, which may be in user code
 * for minutes.
 */
public interface ChannelWriter {

  /** An empty batch to be filled: one that the consumer has given back, if there is one. */
  Batch emptyBatch();

  /**
   * Hands over what comes next; a batch belongs to the consumer from then on.
   *
   * @param item a {@link Batch} or a {@link ControlItem}
   * @param limit refused if this many items are in flight, as far as this end knows
   * @return false if there is no room now
   */
  boolean offer(Object item, int limit);

  /**
   * Announces that the producer waits until no more than {@code most} items are in flight: then its
   * task is woken, once.
   *
   * @return false if there are no more already, so that there is nothing to wait for
   */
  boolean awaitsRoom(int most);

  /** The next of what the consumer has sent, or null. */
  @Nullable Feedback nextFeedback();

  /** Something is about to be sent, first to others perhaps. */
  void behind();

  /** All that was about to be sent has been handed over. */
  void caughtUp();
}
