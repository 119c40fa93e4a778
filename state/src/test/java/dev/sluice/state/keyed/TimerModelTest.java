package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.StateFixture;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.StateMemory;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.beam.runners.core.InMemoryTimerInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sets and deletes the same random timers in ours and in Beam's in-memory timers, one of the latter
 * for each key, and compares what fires.
 *
 * <p>No timer is set twice for one time with another output time: Beam's in-memory timers then keep
 * the old one.
 */
class TimerModelTest {
  private static final int STEPS = 6_000;
  private static final int KEYS = 20;
  private static final List<TimeDomain> DOMAINS = List.of(TimeDomain.values());

  private StateFixture fixture = new StateFixture();
  private final Map<String, InMemoryTimerInternals> models = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void equalsBeamsTimersInMemory(long seed) throws Exception {
    Random random = new Random(seed);
    long now = 0;
    for (int step = 0; step < STEPS; step++) {
      String key = StateFixture.keyOfAnyLength(random.nextInt(KEYS));
      InMemoryTimerInternals model =
          models.computeIfAbsent(key, unused -> new InMemoryTimerInternals());
      fixture.select(key);
      TimerInternals ours = fixture.state.timerInternals();
      TimeDomain domain = DOMAINS.get(random.nextInt(3));
      // An id belongs to one domain.
      String id = "t" + domain.name() + random.nextInt(6);
      String family = random.nextBoolean() ? "" : "f";
      StateNamespace namespace = window(random.nextInt(4));
      if (random.nextInt(4) == 0) {
        ours.deleteTimer(namespace, id, family, domain);
        model.deleteTimer(namespace, id, family, domain);
      } else {
        Instant at = Instant.ofEpochMilli(now + random.nextInt(500));
        Instant output = Instant.ofEpochMilli(at.getMillis() / 7 * 7);
        ours.setTimer(namespace, id, family, at, output, domain);
        model.setTimer(namespace, id, family, at, output, domain);
      }
      if (random.nextInt(20) == 0) {
        now += random.nextInt(100);
        fireUpTo(now);
      }
    }
    fireUpTo(now + 10_000);
    assertThat(fixture.state.entryCount()).isZero();
    assertThat(fixture.state.keyCount()).isZero();
  }

  /** The same while all keys but the selected one, or most of them, are in the store. */
  @ParameterizedTest
  @CsvSource({"4, 1", "5, 1", "6, 12000", "7, 12000"})
  void equalsBeamsTimersInMemoryThroughEvictions(long seed, long budgetBytes) throws Exception {
    fixture = new StateFixture(null, new StateMemory(budgetBytes, HeapGauge.NONE));
    equalsBeamsTimersInMemory(seed);
  }

  private static StateNamespace window(int number) {
    return StateNamespaces.window(
        IntervalWindow.getCoder(),
        new IntervalWindow(Instant.ofEpochMilli(number), Instant.ofEpochMilli(number + 5L)));
  }

  private void fireUpTo(long now) throws Exception {
    checkLeast();
    Instant limit = Instant.ofEpochMilli(now + 1); // the model fires what is before its time
    for (InMemoryTimerInternals model : models.values()) {
      model.advanceInputWatermark(limit);
      model.advanceProcessingTime(limit);
      model.advanceSynchronizedProcessingTime(limit);
    }
    for (TimeDomain domain : DOMAINS) {
      long last = Long.MIN_VALUE;
      TimerData fired = fixture.state.pollDue(domain, now);
      while (fired != null) {
        long at = fired.getTimestamp().getMillis();
        assertThat(at).isBetween(last, now);
        last = at;
        TimerData expected = next(models.get(fixture.state.key()), domain);
        // Of equal times the model fires by id, ours by order of setting.
        assertThat(expected.getTimestamp()).isEqualTo(fired.getTimestamp());
        assertThat(expected.getOutputTimestamp()).isEqualTo(fired.getOutputTimestamp());
        fired = fixture.state.pollDue(domain, now);
      }
      for (InMemoryTimerInternals model : models.values()) {
        assertThat(next(model, domain)).isNull();
      }
    }
  }

  private void checkLeast() {
    for (TimeDomain domain : DOMAINS) {
      long least = Long.MAX_VALUE;
      for (InMemoryTimerInternals model : models.values()) {
        Instant next = model.getNextTimer(domain);
        least = next == null ? least : Math.min(least, next.getMillis());
      }
      assertThat(fixture.state.nextTimerMs(domain)).isEqualTo(least);
      assertThat(fixture.state.hasTimers(domain)).isEqualTo(least != Long.MAX_VALUE);
    }
  }

  private static TimerData next(InMemoryTimerInternals model, TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> model.removeNextEventTimer();
      case PROCESSING_TIME -> model.removeNextProcessingTimer();
      case SYNCHRONIZED_PROCESSING_TIME -> model.removeNextSynchronizedProcessingTimer();
    };
  }
}
