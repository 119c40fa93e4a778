package dev.sluice.worker.task;

import dev.sluice.worker.exchange.InputGate;
import dev.sluice.worker.stage.SourceOperator;
import dev.sluice.worker.stage.SourceOperator.Polled;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * All that a task reads: the exchanges into it, and the source that its stage begins with, if it
 * does. A stage with a source may have side inputs, which come by exchanges.
 *
 * <p>Owned by the task's thread.
 */
final class TaskInput {
  private static final long END_MS = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final InputGate gate;
  private final @Nullable SourceOperator source;
  private boolean sourceEnded;

  TaskInput(InputGate gate, @Nullable SourceOperator source) {
    this.gate = gate;
    this.source = source;
  }

  InputGate gate() {
    return gate;
  }

  boolean hasSource() {
    return source != null;
  }

  /**
   * Whether the source may be polled: there is one, it has not ended, and no barrier is aligned.
   */
  boolean mayPoll() {
    return source != null && !sourceEnded && !gate.aligns();
  }

  /** Asks the source for up to {@code limit} elements. */
  Polled poll(int limit) throws Exception {
    Polled polled = source.poll(limit);
    sourceEnded = polled == Polled.ENDED;
    return polled;
  }

  /** Whether no element of the main input comes any more. */
  boolean mainEnded() {
    return source == null ? gate.watermarkMs() >= END_MS : sourceEnded;
  }

  /** Whether nothing comes any more. */
  boolean ended() {
    return gate.allEnded() && (source == null || sourceEnded);
  }

  /**
   * All work is done, and no barrier comes behind the last records of the source: what they are to
   * be told of is noted now.
   */
  void noteLast(long lastPassed) {
    if (source != null) {
      source.barrier(lastPassed);
    }
  }
}
