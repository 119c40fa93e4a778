package dev.sluice.runner;

/**
 * Whether a garbage collector does nothing but collect without freeing anything: some throw an
 * OutOfMemoryError only after minutes of that, G1 above all.
 *
 * <p>Arithmetic over what was measured about once a second; owned by whoever measures.
 */
final class Thrashing {
  /** This much of the time between two measurements was spent collecting, or more. */
  private static final double GC_SHARE = 0.9;

  /** This much of the heap was in use after the last collection, or more. */
  private static final double USED_SHARE = 0.9;

  /** The number of measurements in a row that must say so. */
  private static final int MEASUREMENTS = 5;

  private boolean begun;
  private long lastNanos;
  private long lastGcMs;
  private int inRow;

  /**
   * Takes a measurement.
   *
   * @param nanos when
   * @param gcMs how long all collections have taken since the JVM began, in milliseconds
   * @param usedShare how much of the heap was in use after the last collection, from 0 to 1
   * @return whether the collector has been thrashing for a while
   */
  boolean measured(long nanos, long gcMs, double usedShare) {
    long passedNanos = nanos - lastNanos;
    long collectedNanos = (gcMs - lastGcMs) * 1_000_000;
    boolean bad =
        begun
            && passedNanos > 0
            && collectedNanos >= GC_SHARE * passedNanos
            && usedShare >= USED_SHARE;
    begun = true;
    lastNanos = nanos;
    lastGcMs = gcMs;
    inRow = bad ? inRow + 1 : 0;
    return inRow >= MEASUREMENTS;
  }
}
