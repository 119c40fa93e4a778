package dev.sluice.examples.adclicks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The check must find every way in which the counts can be wrong. */
class ClickCheckTest {
  private static final AdMinute FIRST = new AdMinute("ad-1", new Minute(0));
  private static final AdMinute SECOND = new AdMinute("ad-2", new Minute(60_000));

  private final TreeMap<AdMinute, Long> produced = new TreeMap<>();
  private final Results results = new Results();

  ClickCheckTest() {
    produced.put(FIRST, 10L);
    produced.put(SECOND, 20L);
  }

  @Test
  void passesIfEveryLastCountIsRight() {
    results.add(new ClickCount(FIRST, 4, 0, true));
    results.add(new ClickCount(FIRST, 10, 1, false));
    results.add(new ClickCount(SECOND, 20, 0, false));

    ClickCheck check = check();

    assertThat(check.passed()).isTrue();
    assertThat(check.report()).hasSize(1).first().asString().contains("PASSED", "2 of 2");
  }

  @Test
  void findsWhatIsMissing() {
    results.add(new ClickCount(FIRST, 10, 0, false));

    assertFault("missing ad-2 at 00:01: produced 20, nothing counted");
  }

  @Test
  void findsWhatIsLost() {
    results.add(new ClickCount(FIRST, 10, 0, false));
    results.add(new ClickCount(SECOND, 19, 0, false));

    assertFault("wrong ad-2 at 00:01: produced 20, counted 19");
  }

  @Test
  void findsWhatIsCountedTwice() {
    results.add(new ClickCount(FIRST, 10, 0, false));
    results.add(new ClickCount(SECOND, 40, 0, false));

    assertFault("wrong ad-2 at 00:01: produced 20, counted 40");
  }

  @Test
  void findsPanesThatCameTwiceAlthoughTheCountIsRight() {
    results.add(new ClickCount(FIRST, 10, 0, false));
    results.add(new ClickCount(SECOND, 20, 3, false));
    results.add(new ClickCount(SECOND, 20, 3, false));

    assertFault("duplicated ad-2 at 00:01: 1 panes came twice");
  }

  @Test
  void findsWhatNobodyProduced() {
    results.add(new ClickCount(FIRST, 10, 0, false));
    results.add(new ClickCount(SECOND, 20, 0, false));
    results.add(new ClickCount(new AdMinute("ad-3", new Minute(0)), 1, 0, false));

    assertFault("invented ad-3 at 00:00: never produced, counted 1");
  }

  @Test
  void doesNotPassOnNothing() {
    produced.clear();

    assertThat(check().passed()).isFalse();
  }

  @Test
  void takesThePaneWithTheHighestIndexWhateverTheOrder() {
    results.add(new ClickCount(FIRST, 10, 5, false));
    results.add(new ClickCount(FIRST, 7, 4, true));
    results.add(new ClickCount(SECOND, 20, 0, false));

    assertThat(check().passed()).isTrue();
    assertThat(results.counted()).isEqualTo(30);
  }

  private void assertFault(String fault) {
    ClickCheck check = check();
    assertThat(check.passed()).isFalse();
    assertThat(check.faults()).containsExactly(fault);
    assertThat(check.report().get(0)).contains("FAILED");
  }

  private ClickCheck check() {
    return ClickCheck.of(produced, results.latest(), results.repeated());
  }
}
