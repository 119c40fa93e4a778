package dev.sluice.worker.exchange;

import dev.sluice.protocol.Barrier;

/** What travels in a channel beside batches, in order with them. */
public sealed interface ControlItem {

  /**
   * Nothing that follows has a timestamp below {@code ms}.
   *
   * @param drainedFromMs from where on the watermark is what it is because the job was drained; the
   *     end of time and more if it was not
   * @param idle whether nothing is to be expected for the time being; a batch says the contrary
   */
  record Watermark(long ms, long drainedFromMs, boolean idle) implements ControlItem {}

  /** All that came before belongs to the checkpoint, nothing that follows does. */
  record BarrierItem(long checkpoint, Barrier barrier) implements ControlItem {}

  /**
   * What the producer had before it when it got the {@link Feedback.Question} is done, and what it
   * made of it came before.
   */
  record Answer() implements ControlItem {}

  /** Nothing follows. */
  record End() implements ControlItem {}
}
