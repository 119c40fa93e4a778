package dev.sluice.state;

import java.util.function.LongSupplier;

/**
 * For how long a slice of work may still go on: the clock is read at every sixteenth piece only.
 *
 * <p>Owned by one thread, for one slice.
 */
public final class SliceLimit {
  private static final int PIECES = 16;

  private final LongSupplier nanoTime;
  private final long endNanos;
  private int pieces;

  SliceLimit(long limitNanos, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.endNanos = nanoTime.getAsLong() + limitNanos;
  }

  /** Counts one piece of work; says whether the slice is over. */
  public boolean over() {
    return ++pieces % PIECES == 0 && nanoTime.getAsLong() - endNanos >= 0;
  }
}
