package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class DurationsTest {
  @Test
  void aPercentileIsOffByAnEighthAtMost() {
    Durations durations = new Durations();
    for (int i = 1; i <= 10_000; i++) {
      durations.add(i * 1_000L);
    }

    assertThat(durations.count()).isEqualTo(10_000);
    assertThat(durations.percentile(0.5)).isCloseTo(5_000_000L, Percentage.withPercentage(12.5));
    assertThat(durations.percentile(0.99)).isCloseTo(9_900_000L, Percentage.withPercentage(12.5));
    assertThat(durations.percentile(1)).isEqualTo(10_000_000L);
  }
}
