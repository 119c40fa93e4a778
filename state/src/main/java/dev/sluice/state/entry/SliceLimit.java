package dev.sluice.state.entry;

import java.util.function.LongSupplier;

/**
 * How long a slice of work may still take: the clock is read at every sixteenth piece only.
 *
 * <p>Owned by one thread, for one slice.
 */
public final class SliceLimit {
  private static final int PIECES = 16;

  private final LongSupplier nanoTime;
  private final long endNanos;
  private int pieces;

  /**
   * A slice that begins now.
   *
   * @param limitNanos how long it may take
   * @param nanoTime the time in nanoseconds since some moment
   */
  public SliceLimit(long limitNanos, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.endNanos = nanoTime.getAsLong() + limitNanos;
  }

  /** Counts one piece of work; says whether the slice is over. */
  public boolean over() {
    return ++pieces % PIECES == 0 && nanoTime.getAsLong() - endNanos >= 0;
  }
}
