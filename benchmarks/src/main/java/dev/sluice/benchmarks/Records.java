package dev.sluice.benchmarks;

/**
 * The records of all benchmarks: pure functions of a record's global index, so that every system
 * sees the same multiset of records however many splits it reads them in.
 */
final class Records {

  static final int PER_MILLI = 100;

  private Records() {}

  /** A cheap bijective mixing of bits (SplitMix64), made non-negative. */
  static long mix(long index) {
    long z = index + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (z ^ (z >>> 31)) >>> 1;
  }

  static long value(long mixed) {
    return mixed & 0xffff;
  }

  static long timestampMs(long index) {
    return index / PER_MILLI;
  }
}
