package dev.sluice.worker.exchange;

import dev.sluice.worker.protocol.Barrier;

/** What travels in a {@link Channel} beside batches, in order with them. */
sealed interface ControlItem {

  /** Nothing that follows has a timestamp below {@code ms}. */
  record Watermark(long ms) implements ControlItem {}

  /** All that came before belongs to the checkpoint, nothing that follows does. */
  record BarrierItem(long checkpoint, Barrier barrier) implements ControlItem {}

  /** Nothing follows. */
  record End() implements ControlItem {}
}
