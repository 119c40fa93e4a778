package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThrashingTest {
  private final Thrashing thrashing = new Thrashing();
  private long nanos;
  private long gcMs;

  /** A second passes, {@code collectingMs} of it spent collecting. */
  private boolean second(long collectingMs, double usedShare) {
    nanos += 1_000_000_000;
    gcMs += collectingMs;
    return thrashing.measured(nanos, gcMs, usedShare);
  }

  private boolean anyOf(int seconds, long collectingMs, double usedShare) {
    boolean any = false;
    for (int i = 0; i < seconds; i++) {
      any |= second(collectingMs, usedShare);
    }
    return any;
  }

  @Test
  void fiveSecondsOfNothingButCollectingAFullHeapAreEnough() {
    second(0, 0.5);
    assertThat(anyOf(4, 950, 0.97)).isFalse();
    assertThat(second(950, 0.97)).isTrue();
  }

  @Test
  void aFullHeapAloneIsNotThrashing() {
    assertThat(anyOf(100, 500, 0.97)).isFalse();
  }

  @Test
  void collectingAloneIsNotThrashing() {
    assertThat(anyOf(100, 950, 0.6)).isFalse();
  }

  @Test
  void oneGoodSecondBeginsTheCountAnew() {
    second(0, 0.5);
    for (int i = 0; i < 10; i++) {
      assertThat(anyOf(4, 950, 0.97)).isFalse();
      assertThat(second(100, 0.97)).isFalse();
    }
  }

  @Test
  void theFirstMeasurementHasNothingToCompareWith() {
    gcMs = 1_000_000;
    assertThat(anyOf(5, 950, 0.97)).isFalse();
    assertThat(second(950, 0.97)).isTrue();
  }
}
