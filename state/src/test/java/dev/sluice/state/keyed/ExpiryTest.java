package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.LoggedTask;
import dev.sluice.state.StateFixture;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.StateMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States that live only for a while after they were written. */
class ExpiryTest {
  private static final long LIVES = 1_600;
  private static final long STEP = 100;
  private static final Map<String, Long> SEEN = Map.of("seen", LIVES);
  private static final StateTag<ValueState<String>> SEEN_TAG =
      StateTags.value("seen", StringUtf8Coder.of());
  private static final StateTag<BagState<String>> KEPT_TAG =
      StateTags.bag("kept", StringUtf8Coder.of());

  private static ValueState<String> seen(StateFixture fixture, String key) {
    fixture.select(key);
    return fixture.state.stateInternals().state(StateNamespaces.global(), SEEN_TAG);
  }

  private static BagState<String> kept(StateFixture fixture, String key) {
    fixture.select(key);
    return fixture.state.stateInternals().state(StateNamespaces.global(), KEPT_TAG);
  }

  private static StateFixture fixture() {
    StateFixture fixture = new StateFixture();
    fixture.state.expireAfter(SEEN);
    return fixture;
  }

  @Test
  void whatIsNotWrittenAgainIsCleared() {
    StateFixture fixture = fixture();
    seen(fixture, "a").write("1");
    kept(fixture, "a").add("2");
    fixture.times.processingTimeMs = LIVES - 1;
    assertThat(fixture.state.expire(10)).isZero();
    assertThat(fixture.state.nextExpiryMs()).isEqualTo(LIVES);
    fixture.times.processingTimeMs = LIVES;
    assertThat(fixture.state.expire(10)).isEqualTo(1);
    assertThat(seen(fixture, "a").read()).isNull();
    assertThat(kept(fixture, "a").read()).containsExactly("2");
    assertThat(fixture.state.entryCount()).isEqualTo(1);
    assertThat(fixture.state.nextExpiryMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void writingMakesItLiveOnAndReadingDoesNot() {
    StateFixture fixture = fixture();
    seen(fixture, "read").write("1");
    seen(fixture, "written").write("1");
    fixture.times.processingTimeMs = LIVES / 2;
    seen(fixture, "read").read();
    seen(fixture, "written").write("2");
    fixture.times.processingTimeMs = LIVES;
    assertThat(fixture.state.expire(10)).isEqualTo(1);
    assertThat(seen(fixture, "read").read()).isNull();
    assertThat(seen(fixture, "written").read()).isEqualTo("2");
    fixture.times.processingTimeMs = LIVES + LIVES / 2;
    assertThat(fixture.state.expire(10)).isEqualTo(1);
    assertThat(fixture.state.keyCount()).isZero();
  }

  @Test
  void nobodySeesWhatIsOverBeforeItIsCleared() {
    StateFixture fixture = fixture();
    seen(fixture, "a").write("1");
    fixture.times.processingTimeMs = LIVES + 5;
    assertThat(seen(fixture, "a").read()).isNull();
    assertThat(fixture.state.expire(10)).isZero();
    assertThat(fixture.state.entryCount()).isZero();
  }

  @Test
  void holdsBackNothing() {
    StateFixture fixture = fixture();
    seen(fixture, "a").write("1");
    assertThat(fixture.state.hasTimers(TimeDomain.PROCESSING_TIME)).isFalse();
    assertThat(fixture.state.nextTimerMs(TimeDomain.PROCESSING_TIME)).isEqualTo(Long.MAX_VALUE);
    assertThat(fixture.state.minHoldMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatTheUserClearsLeavesNothing() {
    StateFixture fixture = fixture();
    seen(fixture, "a").write("1");
    seen(fixture, "a").clear();
    assertThat(fixture.state.entryCount()).isZero();
    assertThat(fixture.state.nextExpiryMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatWasSavedWithoutATimeToLiveGetsOneWhenItIsUsed() {
    LoggedTask task = new LoggedTask(null);
    seen(task.start(), "a").write("1");
    StateFixture fixture = task.restart();
    fixture.state.expireAfter(SEEN);
    fixture.times.processingTimeMs = 5_000;
    assertThat(seen(fixture, "a").read()).isEqualTo("1");
    fixture.times.processingTimeMs = 5_000 + LIVES + STEP;
    assertThat(fixture.state.expire(10)).isEqualTo(1);
    assertThat(fixture.state.keyCount()).isZero();
  }

  /** Compared with a map: over evictions, barriers and restarts. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void livesAsLongAsInAMap(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LoggedTask task = new LoggedTask(seed % 2 == 0 ? new StateMemory(4_000, HeapGauge.NONE) : null);
    StateFixture fixture = task.start();
    fixture.state.expireAfter(SEEN);
    Map<String, Long> writtenAt = new HashMap<>();
    long now = 0;
    for (int step = 0; step < 2_000; step++) {
      String key = "key-" + random.nextInt(100);
      ValueState<String> cell = seen(fixture, key);
      Long written = writtenAt.get(key);
      String value = cell.read();
      if (written == null || now >= written + LIVES + STEP) {
        assertThat(value).as("%s at %d, seed %d", key, now, seed).isNull();
      } else if (now < written + LIVES) {
        assertThat(value).as("%s at %d, seed %d", key, now, seed).isEqualTo(key + written);
      }
      if (random.nextInt(4) == 0) {
        cell.write(key + now);
        writtenAt.put(key, now);
      }
      int what = random.nextInt(50);
      if (what == 0) {
        fixture = task.restart();
        fixture.state.expireAfter(SEEN);
        fixture.times.processingTimeMs = now;
      } else if (what == 1) {
        task.barrier();
      } else if (what < 10) {
        task.logSome();
      } else if (what < 20) {
        fixture.state.expire(random.nextInt(5));
      }
      now += random.nextInt(20);
      fixture.times.processingTimeMs = now;
    }
    fixture.times.processingTimeMs = now + 2 * LIVES;
    List<Integer> expired = new ArrayList<>();
    while (expired.isEmpty() || expired.get(expired.size() - 1) > 0) {
      expired.add(fixture.state.expire(7));
    }
    assertThat(fixture.state.entryCount()).isZero();
    assertThat(fixture.state.keyCount()).isZero();
  }
}
