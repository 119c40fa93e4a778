package dev.sluice.worker.task;

import dev.sluice.protocol.Barrier;
import java.util.ArrayDeque;
import java.util.Deque;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The barriers of one task: which is on its way, which no channel brings, which was the last to be
 * passed, and whether it halts the task.
 *
 * <p>Owned by the task's thread; only {@link #announce} is called by another one. Always true: a
 * barrier is passed at most once, after all that have a lower number.
 */
final class Barriers {
  private static final long NONE = -1;

  private final Deque<TaskMessage.TriggerCheckpoint> triggered = new ArrayDeque<>();
  private volatile long announced = NONE;
  private long passed = NONE;
  private long halting = NONE;
  private long completed = NONE;
  private boolean wanted;

  /** One is on its way. Any thread. */
  void announce(long checkpoint) {
    // One thread announces, the worker's loop, in ascending order.
    announced = checkpoint;
  }

  /** Whether one is on its way that the task has not passed. */
  boolean announced() {
    return announced > passed;
  }

  /** The task passes it by itself if no channel brings it. */
  void trigger(TaskMessage.TriggerCheckpoint trigger) {
    triggered.add(trigger);
  }

  boolean hasTriggered() {
    return !triggered.isEmpty();
  }

  /** Takes the next one that no channel has brought; null if there is none or the task halts. */
  TaskMessage.@Nullable TriggerCheckpoint takeTriggered() {
    dropTriggered(passed);
    return halted() ? null : triggered.poll();
  }

  private void dropTriggered(long upTo) {
    while (!triggered.isEmpty() && triggered.peek().checkpoint() <= upTo) {
      triggered.poll();
    }
  }

  /** The task has passed one. */
  void pass(long checkpoint, Barrier barrier) {
    dropTriggered(checkpoint);
    passed = Math.max(passed, checkpoint);
    if (barrier == Barrier.SAVE_AND_HALT) {
      halting = checkpoint;
    }
  }

  /** Nobody waits for it any more, and it halts nobody. */
  void abandon(long checkpoint) {
    dropTriggered(checkpoint);
    passed = Math.max(passed, checkpoint);
    if (halting <= checkpoint) {
      halting = NONE;
    }
  }

  /** The last one that the task has passed, or will not pass any more; -1 if there is none. */
  long passed() {
    return passed;
  }

  /** Whether the task is to do nothing behind the one that it passed last. */
  boolean halted() {
    return halting != NONE;
  }

  /**
   * The task gets no more input and holds work back that only a checkpoint releases.
   *
   * @return whether it is to ask for one: it asks once until one is complete
   */
  boolean want() {
    boolean first = !wanted;
    wanted = true;
    return first;
  }

  /** A checkpoint is complete. */
  void complete(long checkpoint) {
    completed = Math.max(completed, checkpoint);
    wanted = false;
  }

  /** The last checkpoint that is known to be complete; -1 if none is. */
  long completed() {
    return completed;
  }
}
