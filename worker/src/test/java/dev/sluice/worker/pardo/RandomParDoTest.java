package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random elements, panes and watermarks against what must come out of them; a failure names its
 * seed.
 */
class RandomParDoTest {
  private static final int SIZE_MS = 10;
  private static final int WINDOWS = 6;
  private static final int ELEMENTS = 200;

  private static IntervalWindow window(int number) {
    long startMs = (long) number * SIZE_MS;
    return new IntervalWindow(new Instant(startMs), new Instant(startMs + SIZE_MS));
  }

  /** Puts element and side input together. */
  static final class Pairing extends DoFn<Integer, String> {
    private final PCollectionView<Integer> view;

    Pairing(PCollectionView<Integer> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      c.output(c.element() + "=" + c.sideInput(view));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void everyElementMeetsItsSideInputOnceAndIsNeverPassedByTheWatermark(long seed) throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Integer> view =
        pipeline
            .apply("side", Create.of(1))
            .apply("sw", Window.into(FixedWindows.of(Duration.millis(SIZE_MS))))
            .apply(View.<Integer>asSingleton().withDefaultValue(-1));
    pipeline
        .apply(Create.of(1))
        .apply("mw", Window.into(FixedWindows.of(Duration.millis(SIZE_MS))))
        .apply("fn", ParDo.of(new Pairing(view)).withSideInputs(view));
    Random random = new Random(seed);
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      Map<String, Long> expected = new LinkedHashMap<>();
      boolean[] filled = new boolean[WINDOWS];
      long watermarkMs = 0;
      for (int i = 0; i < ELEMENTS; i++) {
        int timestampMs = random.nextInt(WINDOWS * SIZE_MS);
        int number = timestampMs / SIZE_MS;
        if (timestampMs >= watermarkMs) {
          harness.element(i, timestampMs, window(number));
          expected.put(i + "=" + (number % 2 == 0 ? number : -1), (long) timestampMs);
        }
        int pane = random.nextInt(WINDOWS * 8);
        if (pane < WINDOWS && pane % 2 == 0 && !filled[pane]) {
          filled[pane] = true;
          harness.side(view, List.of(pane), window(pane), PaneInfo.ON_TIME_AND_ONLY_FIRING);
        }
        if (random.nextInt(10) == 0) {
          watermarkMs += random.nextInt(3);
          harness.watermark(watermarkMs);
        }
        assertNothingIsPassed(harness, expected, seed);
      }
      for (int number = 0; number < WINDOWS; number += 2) {
        if (!filled[number]) {
          harness.side(view, List.of(number), window(number), PaneInfo.ON_TIME_AND_ONLY_FIRING);
        }
      }
      harness.sideWatermark(view, ParDoHarness.END_MS).watermark(ParDoHarness.END_MS);
      assertEquals(
          expected.keySet().stream().sorted().toList(),
          harness.values().stream().map(Object::toString).sorted().toList(),
          "seed " + seed);
      assertEquals(0, harness.entries(), "seed " + seed);
      assertEquals(ParDoHarness.END_MS, harness.operator.outputWatermarkMs(), "seed " + seed);
    }
  }

  private static void assertNothingIsPassed(
      ParDoHarness harness, Map<String, Long> expected, long seed) {
    List<Object> emitted = harness.values();
    long watermarkMs = harness.operator.outputWatermarkMs();
    expected.forEach(
        (value, timestampMs) ->
            assertTrue(
                emitted.contains(value) || timestampMs >= watermarkMs,
                () -> "seed " + seed + ": " + value + " is behind the watermark " + watermarkMs));
  }

  /** Sets a timer of its own for each element, and sums. */
  static final class Alarms extends DoFn<KV<Integer, Integer>, String> {
    @StateId("sum")
    private final StateSpec<CombiningState<Integer, int[], Integer>> sumSpec =
        StateSpecs.combining(Sum.ofIntegers());

    @TimerFamily("alarms")
    @SuppressWarnings("UnusedVariable") // Beam finds it by its annotation
    private final TimerSpec alarmsSpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, Integer> element,
        @Timestamp Instant timestamp,
        @AlwaysFetched @StateId("sum") CombiningState<Integer, int[], Integer> sum,
        @TimerFamily("alarms") TimerMap alarms) {
      sum.add(1);
      alarms
          .get("alarm" + element.getValue())
          .withOutputTimestamp(timestamp)
          .set(timestamp.plus(Duration.millis(element.getValue() % SIZE_MS)));
    }

    @OnTimerFamily("alarms")
    public void onAlarm(@TimerId String id, @Key Integer key, OnTimerContext c) {
      c.output(key + " " + id + " " + c.fireTimestamp().getMillis());
    }

    @OnWindowExpiration
    public void expire(
        @Key Integer key,
        @StateId("sum") CombiningState<Integer, int[], Integer> sum,
        OutputReceiver<String> out) {
      out.output(key + " sum " + sum.read());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void timersFireInOrderAndWindowsExpireAfterThem(long seed) throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline
        .apply(Create.of(KV.of(1, 1)))
        .apply(
            "w",
            Window.<KV<Integer, Integer>>into(FixedWindows.of(Duration.millis(SIZE_MS)))
                .withAllowedLateness(Duration.millis(SIZE_MS))
                .discardingFiredPanes())
        .apply("fn", ParDo.of(new Alarms()));
    Random random = new Random(seed);
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      List<KV<Long, String>> timers = new ArrayList<>();
      Map<String, Integer> sums = new LinkedHashMap<>();
      List<String> expected = new ArrayList<>();
      long watermarkMs = 0;
      for (int i = 0; i < ELEMENTS; i++) {
        int timestampMs = random.nextInt(WINDOWS * SIZE_MS);
        int number = timestampMs / SIZE_MS;
        int key = random.nextInt(5);
        harness.element(KV.of(key, i), timestampMs, window(number));
        if ((number + 2) * SIZE_MS - 1 >= watermarkMs) {
          long at = (long) timestampMs + i % SIZE_MS;
          timers.add(KV.of(at, key + " alarm" + i + " " + at));
          sums.merge(key + "/" + number, 1, Integer::sum);
        }
        if (random.nextInt(8) == 0) {
          watermarkMs += random.nextInt(5);
          harness.watermark(watermarkMs);
          expectUpTo(watermarkMs, timers, expected);
          assertEquals(expected, alarms(harness), "seed " + seed);
        }
      }
      harness.watermark(ParDoHarness.END_MS);
      expectUpTo(ParDoHarness.END_MS, timers, expected);
      assertEquals(expected, alarms(harness), "seed " + seed);
      List<String> expectedSums = new ArrayList<>();
      sums.forEach((name, sum) -> expectedSums.add(name.charAt(0) + " sum " + sum));
      assertEquals(
          expectedSums.stream().sorted().toList(),
          harness.values().stream()
              .map(Object::toString)
              .filter(value -> value.contains("sum"))
              .sorted()
              .toList(),
          "seed " + seed);
      assertEquals(0, harness.entries(), "seed " + seed);
      assertFalse(harness.operator.hasPendingWork(), "seed " + seed);
    }
  }

  private static void expectUpTo(
      long watermarkMs, List<KV<Long, String>> timers, List<String> expected) {
    timers.stream()
        .filter(timer -> timer.getKey() < watermarkMs)
        .sorted(Comparator.comparing(KV::getKey))
        .forEach(timer -> expected.add(timer.getValue()));
    timers.removeIf(timer -> timer.getKey() < watermarkMs);
  }

  private static List<String> alarms(ParDoHarness harness) {
    return harness.values().stream()
        .map(Object::toString)
        .filter(value -> value.contains("alarm"))
        .toList();
  }
}
