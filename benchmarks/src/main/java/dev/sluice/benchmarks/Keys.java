package dev.sluice.benchmarks;

import java.io.Serializable;
import java.util.Locale;

/**
 * Which key a record has: a pure function of its index, so that every system sees the same records.
 * Immutable.
 *
 * <p>Zipf's distribution with exponent 0.99 is drawn as in "Quickly Generating Billion-Record
 * Synthetic Databases" (Gray et al., SIGMOD 1994), which YCSB does too; its power is the hundredth,
 * that is nine multiplications. Ranks are scattered over the keys, so that frequent keys are not
 * neighbours in a sorted file.
 */
final class Keys implements Serializable {

  /** How the records are spread over the keys. */
  enum Distribution {
    UNIFORM,
    ZIPF;

    static Distribution named(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  private static final double EXPONENT = 0.99;
  private static final int SUMMED_TERMS = 10_000;

  /** A prime; counts of keys are no multiples of it. */
  private static final long SCATTER = 2_654_435_761L;

  private final long count;
  private final Distribution distribution;
  private final boolean eachOnceAtFirst;
  private final double zeta;
  private final double eta;

  /**
   * So many keys.
   *
   * @param eachOnceAtFirst whether the first records have one key each, before it is drawn
   */
  Keys(long count, Distribution distribution, boolean eachOnceAtFirst) {
    this.count = count;
    this.distribution = distribution;
    this.eachOnceAtFirst = eachOnceAtFirst;
    this.zeta = zeta(count);
    this.eta = (1 - Math.pow(2.0 / count, 1 - EXPONENT)) / (1 - zeta(2) / zeta);
  }

  static Keys uniform(long count) {
    return new Keys(count, Distribution.UNIFORM, false);
  }

  long count() {
    return count;
  }

  long key(long index, long mixed) {
    if (eachOnceAtFirst && index < count) {
      return index;
    }
    return switch (distribution) {
      case UNIFORM -> mixed % count;
      case ZIPF -> rank(mixed) * SCATTER % count;
    };
  }

  /** Returns how many keys are more frequent than the one that these bits stand for. */
  long rank(long mixed) {
    double uniform = (mixed >>> 10) * 0x1p-53;
    double scaled = uniform * zeta;
    if (scaled < 1) {
      return 0;
    }
    if (scaled < 1 + Math.pow(0.5, EXPONENT)) {
      return 1;
    }
    return Math.min(count - 1, (long) (count * hundredthPower(eta * uniform - eta + 1)));
  }

  private static double hundredthPower(double x) {
    double x2 = x * x;
    double x4 = x2 * x2;
    double x8 = x4 * x4;
    double x16 = x8 * x8;
    double x32 = x16 * x16;
    return x32 * x32 * x32 * x4;
  }

  /** The sum of 1/i^0.99 for i from 1 to n; of far terms by their integral. */
  private static double zeta(long n) {
    double sum = 0;
    long summed = Math.min(n, SUMMED_TERMS);
    for (long i = 1; i <= summed; i++) {
      sum += term(i);
    }
    if (n > summed) {
      double integral = (n * term(n) - summed * term(summed)) / (1 - EXPONENT);
      sum += integral + (term(n) - term(summed)) / 2;
    }
    return sum;
  }

  private static double term(long i) {
    return Math.pow((double) i, -EXPONENT);
  }
}
