package dev.sluice.worker.task;

import dev.sluice.worker.world.Clock;

/**
 * How far the bundle is that a task has open, if it has one: how many records it holds, for how
 * long it may still grow, and whether it is one of input or one in which timers fire.
 *
 * <p>Owned by the task's thread. Always true: timers do not fire in a bundle that holds input, so
 * that a watermark right behind the input counts for both.
 */
final class OpenBundle {
  /** It is full when it holds so many. */
  static final int MOST_RECORDS = 1000;

  private static final long MOST_NANOS = 10_000_000;

  private final Clock clock;
  private boolean open;
  private boolean firing;
  private int records;
  private long deadlineNanos;

  OpenBundle(Clock clock) {
    this.clock = clock;
  }

  /** Opens it; false if it is open. */
  boolean open() {
    if (open) {
      return false;
    }
    open = true;
    records = 0;
    deadlineNanos = clock.nanoTime() + MOST_NANOS;
    return true;
  }

  void close() {
    open = false;
    firing = false;
  }

  boolean isOpen() {
    return open;
  }

  void add(int more) {
    records += more;
  }

  boolean isEmpty() {
    return records == 0;
  }

  /** Timers fire in it from now on. */
  void fire() {
    firing = true;
  }

  /** Whether it is open and timers fire in it. */
  boolean fires() {
    return open && firing;
  }

  /** Whether it is open and holds input. */
  boolean holdsInput() {
    return open && !firing && records > 0;
  }

  /** Whether it is open and should end: by its size or its age. */
  boolean isFull() {
    return open && (records >= MOST_RECORDS || clock.nanoTime() - deadlineNanos >= 0);
  }
}
