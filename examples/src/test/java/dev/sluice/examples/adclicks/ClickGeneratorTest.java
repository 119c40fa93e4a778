package dev.sluice.examples.adclicks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ClickGeneratorTest {
  private static final long START = 1_800_000_000_000L;

  @Test
  void clicksAreLateOutOfOrderAndNeverLaterThanPromised() {
    ProducedClicks produced = new ProducedClicks();
    ClickGenerator generator = new ClickGenerator(1, 8, START);
    for (int i = 0; i < 100_000; i++) {
      long now = START + i * 10L;
      Click click = generator.next(now);
      produced.add(click);
      assertThat(click.timeMs()).isBetween(START, now);
      assertThat(now - click.timeMs()).isLessThan(ClickGenerator.MAX_DELAY_MS);
    }
    assertThat(produced.outOfOrder()).isGreaterThan(50_000);
    assertThat(produced.late()).isBetween(1_000L, 3_000L);
    assertThat(produced.total()).isEqualTo(100_000);
    assertThat(produced.counts().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(100_000);
  }

  @Test
  void theFirstAdIsTheMostPopular() {
    Map<String, Long> byAd =
        clicks(7).stream().collect(Collectors.groupingBy(Click::ad, Collectors.counting()));
    assertThat(byAd).hasSize(4);
    assertThat(byAd.get("ad-1")).isGreaterThan(byAd.get("ad-2"));
    assertThat(byAd.get("ad-2")).isGreaterThan(byAd.get("ad-4"));
  }

  @Test
  void theSameSeedGivesTheSameClicks() {
    assertThat(clicks(3)).isEqualTo(clicks(3)).isNotEqualTo(clicks(4));
  }

  @Test
  void clicksAndCountsSurviveTheirLines() {
    Click click = new Click("shoes, red", 1_234_567);
    assertThat(Click.parse(click.toLine())).isEqualTo(click);
    ClickCount count = new ClickCount(new AdMinute("shoes, red", new Minute(60_000)), 5, 2, true);
    assertThat(ClickCount.parse(count.toLine())).isEqualTo(count);
  }

  private static List<Click> clicks(long seed) {
    ClickGenerator generator = new ClickGenerator(seed, 4, START);
    List<Click> clicks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      clicks.add(generator.next(START + i * 100L));
    }
    return clicks;
  }
}
