package dev.sluice.worker.exchange;

import dev.sluice.worker.record.Batch;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The consumer's end of a channel, as {@link ChannelWriter} is the producer's.
 *
 * <p>Owned by the consumer's task, whose {@link InputGate} decides when to read. That task is woken
 * when an item arrives, and when the handshake of catching up ends.
 */
public interface ChannelReader {

  /** The next {@link Batch} or {@link ControlItem}, or null if none has arrived. */
  @Nullable Object poll();

  /** How many items have arrived and not been polled. */
  int waiting();

  /** Gives back a batch that has been read, for its next use. */
  void giveBack(Batch batch);

  /** Sends something to the producer. */
  void send(Feedback feedback);

  /** Begins the handshake of catching up, in place of an earlier one. */
  void awaitCatchUp();

  /**
   * Whether the handshake that was begun last has ended: then all that the channel was behind by
   * when it began has arrived here.
   */
  boolean caughtUp();
}
