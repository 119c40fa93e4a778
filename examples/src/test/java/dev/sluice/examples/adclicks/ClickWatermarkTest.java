package dev.sluice.examples.adclicks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class ClickWatermarkTest {
  private static final long CLICK_MS = 1_000_000;
  private static final long BEHIND_MS = CLICK_MS - ClickGenerator.DISORDER_MS;

  private final ClickWatermark watermark = new ClickWatermark(20, Optional.empty());

  @Test
  void knowsNothingBeforeTheFirstClick() {
    assertThat(watermark.watermark(true, seconds(100)))
        .isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE);
  }

  @Test
  void staysBehindTheLatestClickAndNeverGoesBack() {
    watermark.timestamp(new Click("a", CLICK_MS).toLine(), 0);
    assertThat(watermark.watermark(false, 0).getMillis()).isEqualTo(BEHIND_MS);

    Instant late = watermark.timestamp(new Click("a", CLICK_MS - 100_000).toLine(), 0);
    assertThat(late.getMillis()).isEqualTo(CLICK_MS - 100_000);
    assertThat(watermark.watermark(false, 0).getMillis()).isEqualTo(BEHIND_MS);
  }

  @Test
  void goesOnAtItsPaceWhenThePartitionIsSilent() {
    watermark.timestamp(new Click("a", CLICK_MS).toLine(), 0);
    assertThat(watermark.watermark(true, seconds(2)).getMillis()).isEqualTo(BEHIND_MS);
    assertThat(watermark.watermark(true, seconds(5)).getMillis()).isEqualTo(BEHIND_MS + 60_000);
  }

  @Test
  void waitsWhileThereIsSomethingToRead() {
    watermark.timestamp(new Click("a", CLICK_MS).toLine(), 0);
    assertThat(watermark.watermark(false, seconds(50)).getMillis()).isEqualTo(BEHIND_MS);
  }

  @Test
  void aLineThatIsNoClickDoesNotMoveIt() {
    watermark.timestamp(new Click("a", CLICK_MS).toLine(), 0);
    Instant before = watermark.watermark(false, 0);
    assertThat(watermark.timestamp("nonsense", 0)).isEqualTo(before);
    assertThat(watermark.watermark(false, 0)).isEqualTo(before);
  }

  @Test
  void goesOnFromWhereAnEarlierReaderWas() {
    ClickWatermark resumed = new ClickWatermark(1, Optional.of(Instant.ofEpochMilli(CLICK_MS)));
    resumed.timestamp(new Click("a", CLICK_MS - 1).toLine(), 0);
    assertThat(resumed.watermark(false, 0).getMillis()).isEqualTo(CLICK_MS);
  }

  private static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
