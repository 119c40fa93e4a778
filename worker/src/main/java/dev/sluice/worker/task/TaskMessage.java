package dev.sluice.worker.task;

import dev.sluice.protocol.Barrier;

/** What others post to a {@link Task}; handled by its own thread between steps. */
public sealed interface TaskMessage {

  /** End now, whatever is under way. */
  record Stop() implements TaskMessage {}

  /** Report {@link TaskEvent.Quiet} as soon as a step has found nothing to do. */
  record Probe(long round) implements TaskMessage {}

  /** The job was found quiescent, as this task had asked. */
  record Quiescent() implements TaskMessage {}

  /** The job's manual clock has moved: look again at what is due. */
  record ClockMoved() implements TaskMessage {}

  /**
   * Inject a barrier (a source), or pass one on behalf of inputs that have all ended; for any other
   * task the barrier comes through its channels.
   */
  record TriggerCheckpoint(long checkpoint, Barrier barrier) implements TaskMessage {}

  /** The checkpoint will not be complete: its barrier is of no interest, and halts nobody. */
  record AbandonCheckpoint(long checkpoint) implements TaskMessage {}

  /** Drain: stop reading what would never end. */
  record Drain() implements TaskMessage {}

  /** The checkpoint is complete; run what waited for it. */
  record CompleteCheckpoint(long checkpoint) implements TaskMessage {}
}
