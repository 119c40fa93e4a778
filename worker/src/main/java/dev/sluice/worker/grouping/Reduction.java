package dev.sluice.worker.grouping;

/**
 * Measures how many inputs become one accumulator, and says whether combining before the exchange
 * pays.
 *
 * <p>Owned by one {@link PartialCombineOperator}, the task's thread only. It probes {@value #PROBE}
 * inputs; if fewer than {@value #LEAST} of them became one, the next {@value #PAUSE} pass
 * uncombined, then it probes again. Counts records, not time, so that the same input gives the same
 * answers.
 */
final class Reduction {
  static final int PROBE = 10_000;
  static final int PAUSE = 1_000_000;
  static final int LEAST = 2;

  private static final int ALL = -1;

  private int inputs;
  private int accumulators;
  private int toPass;

  /** Says of every input that it should not be combined. */
  static Reduction never() {
    Reduction never = new Reduction();
    never.toPass = ALL;
    return never;
  }

  /** Whether the next input should be combined; asked once for each. */
  boolean pays() {
    if (toPass == 0) {
      return true;
    }
    if (toPass != ALL) {
      toPass--;
    }
    return false;
  }

  /** An input became a new accumulator. */
  void countNew() {
    accumulators++;
    countCombined();
  }

  /** An input was added to an accumulator that was there. */
  void countCombined() {
    inputs++;
    if (inputs >= PROBE) {
      toPass = inputs < LEAST * accumulators ? PAUSE : 0;
      inputs = 0;
      accumulators = 0;
    }
  }
}
