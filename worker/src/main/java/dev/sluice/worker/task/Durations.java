package dev.sluice.worker.task;

import java.util.Locale;

/**
 * How long something took each time, as a histogram: eight buckets for each power of two, so that a
 * percentile is off by an eighth at most.
 *
 * <p>Owned by its task's thread.
 */
final class Durations {
  private static final int STEPS = 8;
  private static final int STEP_BITS = 3;

  private final long[] buckets = new long[Long.SIZE * STEPS];
  private long count;
  private long longest;

  void add(long nanos) {
    long value = Math.max(STEPS, nanos);
    int bits = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    int step = (int) (value >>> (bits - STEP_BITS)) & (STEPS - 1);
    buckets[bits * STEPS + step]++;
    count++;
    longest = Math.max(longest, nanos);
  }

  long count() {
    return count;
  }

  /** The least duration that this share of all were not longer than, rounded up. */
  long percentile(double share) {
    long wanted = (long) Math.ceil(share * count);
    long seen = 0;
    for (int i = 0; i < buckets.length; i++) {
      seen += buckets[i];
      if (seen >= wanted && seen > 0) {
        int bits = i / STEPS;
        long end = (1L << bits) + ((i % STEPS + 1L) << (bits - STEP_BITS));
        return Math.min(end, longest);
      }
    }
    return longest;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "n=%d p50=%.1fus p99=%.1fus max=%.1fus",
        count,
        percentile(0.5) / 1e3,
        percentile(0.99) / 1e3,
        longest / 1e3);
  }
}
