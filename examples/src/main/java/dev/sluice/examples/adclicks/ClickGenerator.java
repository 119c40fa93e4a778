package dev.sluice.examples.adclicks;

import java.util.SplittableRandom;

/**
 * Makes clicks as a website would send them: some ads are more popular than others, most clicks
 * arrive seconds after they happened and out of order, and a few only after minutes.
 *
 * <p>The same seed and the same sequence of times give the same clicks. No click is later than
 * {@link #MAX_DELAY_MS}.
 */
final class ClickGenerator {
  /** Clicks delayed by less than this are merely out of order: the watermark waits for them. */
  static final long DISORDER_MS = 15_000;

  /** No click is delayed by more than this. */
  static final long MAX_DELAY_MS = 180_000;

  private static final int LATE_IN_A_THOUSAND = 20;

  private final SplittableRandom random;
  private final String[] ads;
  private final long earliestMs;

  /**
   * @param ads how many different ads there are
   * @param earliestMs no click happened before this
   */
  ClickGenerator(long seed, int ads, long earliestMs) {
    this.random = new SplittableRandom(seed);
    this.ads = new String[ads];
    for (int i = 0; i < ads; i++) {
      this.ads[i] = "ad-" + (i + 1);
    }
    this.earliestMs = earliestMs;
  }

  /** The next click to arrive, if it is {@code nowMs} in event time. */
  Click next(long nowMs) {
    long delayMs =
        random.nextInt(1_000) < LATE_IN_A_THOUSAND
            ? random.nextLong(DISORDER_MS, MAX_DELAY_MS)
            : random.nextLong(DISORDER_MS);
    // The smaller of two draws: the first ad is the most popular, the last one the least.
    int ad = Math.min(random.nextInt(ads.length), random.nextInt(ads.length));
    return new Click(ads[ad], Math.max(earliestMs, nowMs - delayMs));
  }
}
