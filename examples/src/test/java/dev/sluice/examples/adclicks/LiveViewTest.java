package dev.sluice.examples.adclicks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private final LiveView view = new LiveView("title");
  private final TreeMap<AdMinute, ClickCount> latest = new TreeMap<>();

  @Test
  void aLineSaysAllThereIsToKnow() {
    Progress progress =
        new Progress("3 s of 30 s", 5_000, 2_000, 4_000, 1_900, 1_000_000, 960_000, latest);
    assertThat(view.line(progress))
        .isEqualTo(
            "3 s of 30 s: 5,000 clicks (2,000/s), counted 4,000 (1,900/s), lag 1,000 (0.5 s),"
                + " event time 00:16:40, watermark past 00:16:00");
  }

  @Test
  void theTableShowsTheNewestMinuteFirst() {
    count("ad-1", 0, 10, false);
    count("ad-2", 0, 1_000, false);
    count("ad-1", 60_000, 7, true);
    assertThat(view.table(latest))
        .map(line -> line.replaceAll("\u001b\\[\\dm", ""))
        .containsExactly(
            "  minute    ad-1    ad-2     all",
            "  00:01        7               7  counting",
            "  00:00       10   1,000   1,010  closed");
  }

  @Test
  void theMeterMeasuresTheLastSeconds() {
    Meter meter = new Meter();
    assertThat(meter.perSecond(0, 0)).isZero();
    for (int second = 1; second <= 10; second++) {
      meter.perSecond(TimeUnit.SECONDS.toNanos(second), second * 100L);
    }
    assertThat(meter.perSecond(TimeUnit.SECONDS.toNanos(11), 2_000)).isEqualTo(400);
  }

  private void count(String ad, long minute, long count, boolean early) {
    AdMinute key = new AdMinute(ad, new Minute(minute));
    latest.put(key, new ClickCount(key, count, 0, early));
  }
}
