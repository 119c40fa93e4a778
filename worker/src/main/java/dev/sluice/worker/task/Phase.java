package dev.sluice.worker.task;

import java.util.EnumSet;
import java.util.Set;

/**
 * How far a task is in its life. Each move has one trigger:
 *
 * <ul>
 *   <li>{@link #RESTORING} to {@link #OPENING}: all that it had saved has come back
 *   <li>{@link #OPENING} to {@link #RUNNING}: it takes its first step, in which it opens its
 *       operators
 *   <li>{@link #RUNNING} to {@link #SENDING}: its input has ended, its operators have nothing left
 *       to do, and all they have written has gone
 *   <li>{@link #SENDING} to {@link #WAITING}: the end of its output has gone too; it reports that
 *       it has finished
 *   <li>{@link #WAITING} to {@link #CLOSED}: no callback waits for a checkpoint, at once or when
 *       one is complete; it closes its operators
 *   <li>{@link #CLOSED} to {@link #LEAVING}: the last epoch that a barrier ended is logged; what is
 *       left is logged like another one
 *   <li>{@link #LEAVING} to {@link #ENDED}: all of it is logged
 *   <li>any to {@link #ENDED}: it was asked to stop, or something was thrown
 * </ul>
 *
 * <p>A barrier that halts the task is no phase: it may come in any in which there are operators,
 * and be taken back. See {@link Barriers#halted}.
 */
enum Phase {
  /** What it had saved comes back; a task that had saved nothing begins with the next phase. */
  RESTORING,
  /** Its operators are to be opened. */
  OPENING,
  /** Takes input, fires what is due, writes output. */
  RUNNING,
  /** The end of its output is written, and has no room yet. */
  SENDING,
  /** All its work is done; its operators may still be notified that a checkpoint is complete. */
  WAITING,
  /** Its operators are closed; what it passes barriers with is its state alone. */
  CLOSED,
  /** Its state will not change any more, and is logged for the checkpoints after its end. */
  LEAVING,
  /** Takes no further step. */
  ENDED;

  /** The phases that may follow this one. */
  Set<Phase> next() {
    return switch (this) {
      case RESTORING -> EnumSet.of(OPENING, ENDED);
      case OPENING -> EnumSet.of(RUNNING, ENDED);
      case RUNNING -> EnumSet.of(SENDING, ENDED);
      case SENDING -> EnumSet.of(WAITING, ENDED);
      case WAITING -> EnumSet.of(CLOSED, ENDED);
      case CLOSED -> EnumSet.of(LEAVING, ENDED);
      case LEAVING, ENDED -> EnumSet.of(ENDED);
    };
  }

  /** The phase {@code next}, which must be a legal move. */
  Phase to(Phase next) {
    if (!next().contains(next)) {
      throw new IllegalStateException("a task cannot go from " + this + " to " + next);
    }
    return next;
  }

  /** Whether its operators are open. */
  boolean hasOperators() {
    return this == RUNNING || this == SENDING || this == WAITING;
  }
}
