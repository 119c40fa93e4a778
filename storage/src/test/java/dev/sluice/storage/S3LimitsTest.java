package dev.sluice.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class S3LimitsTest {
  private static final long MB = 1 << 20;
  private static final long LARGEST_PART = 128 * MB;

  @Test
  void partsGrowWithinABound() {
    assertThat(S3Limits.partBytes(0)).isEqualTo((int) (8 * MB));
    for (int parts = 1; parts < S3Limits.MOST_PARTS; parts++) {
      assertThat((long) S3Limits.partBytes(parts))
          .isBetween((long) S3Limits.partBytes(parts - 1), LARGEST_PART);
    }
  }

  @Test
  void aFileMayHaveATerabyte() {
    long bytes = 0;
    for (int parts = 0; parts < S3Limits.MOST_PARTS; parts++) {
      bytes += S3Limits.partBytes(parts);
    }
    assertThat(bytes).isGreaterThan(1_000_000 * MB);
  }

  @Test
  void aTryHasTheTimeThatItsBytesTakeAtAMegabyteASecond() {
    assertThat(S3Limits.toMove(0)).isEqualTo(S3Limits.ATTEMPT);
    assertThat(S3Limits.toMove(8 * MB)).isEqualTo(Duration.ofSeconds(38));
    assertThat(S3Limits.toMove(LARGEST_PART)).isEqualTo(Duration.ofSeconds(158));
    assertThat(S3Limits.toMove(5_000_000 * MB)).isEqualTo(Duration.ofSeconds(5_000_030));
  }

  @Test
  void aCallHasTheTimeOfItsTriesAndOfTheWaitsBetweenThem() {
    assertThat(S3Limits.withRetries(S3Limits.ATTEMPT)).isEqualTo(Duration.ofMinutes(2));
    assertThat(S3Limits.withRetries(S3Limits.toMove(8 * MB))).isEqualTo(Duration.ofSeconds(152));
  }

  @Test
  void joiningManyPartsMayTakeMinutes() {
    assertThat(S3Limits.toJoin(2)).isEqualTo(Duration.ofMillis(30_100));
    assertThat(S3Limits.toJoin(S3Limits.MOST_PARTS)).isEqualTo(Duration.ofSeconds(530));
  }
}
