package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.watermark.Activity;
import java.util.List;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** State, timers, expiry and sorted input of keyed DoFns. */
class StatefulParDoTest {
  private static final IntervalWindow FIRST = new IntervalWindow(new Instant(0), new Instant(10));
  private static final IntervalWindow SECOND = new IntervalWindow(new Instant(10), new Instant(20));

  private static ParDoHarness inGlobalWindow(DoFn<KV<String, Integer>, String> fn)
      throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.apply(Create.of(KV.of("a", 1))).apply("fn", ParDo.of(fn));
    return ParDoHarness.open(pipeline, "fn");
  }

  private static ParDoHarness inWindowsOf10(DoFn<KV<String, Integer>, String> fn, int latenessMs)
      throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline
        .apply(Create.of(KV.of("a", 1)))
        .apply(
            "w",
            Window.<KV<String, Integer>>into(FixedWindows.of(Duration.millis(10)))
                .withAllowedLateness(Duration.millis(latenessMs))
                .discardingFiredPanes())
        .apply("fn", ParDo.of(fn));
    return ParDoHarness.open(pipeline, "fn");
  }

  /** Sums by key and window. */
  static final class Summing extends DoFn<KV<String, Integer>, String> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("sum") ValueState<Integer> sum,
        OutputReceiver<String> out) {
      Integer before = sum.read();
      int now = (before == null ? 0 : before) + element.getValue();
      sum.write(now);
      out.output(element.getKey() + now);
    }
  }

  @Test
  void keepsStateByKeyAndWindow() throws Exception {
    try (ParDoHarness harness = inWindowsOf10(new Summing(), 0)) {
      harness
          .element(KV.of("a", 1), 1, FIRST)
          .element(KV.of("b", 10), 2, FIRST)
          .element(KV.of("a", 2), 3, FIRST)
          .element(KV.of("a", 5), 11, SECOND)
          .element(KV.of("b", 1), 3, FIRST, SECOND);
      assertEquals(List.of("a1", "b10", "a3", "a5", "b11", "b1"), harness.values());
    }
  }

  @Test
  void dropsLateElementsAndCollectsExpiredState() throws Exception {
    try (ParDoHarness harness = inWindowsOf10(new Summing(), 5)) {
      harness.element(KV.of("a", 1), 1, FIRST).element(KV.of("a", 1), 11, SECOND);
      harness.watermark(14).element(KV.of("a", 2), 2, FIRST);
      assertEquals(List.of("a1", "a1", "a3"), harness.values());
      assertEquals(14, harness.operator.outputWatermarkMs(), "plain state holds nothing");
      harness.watermark(16);
      assertEquals(2, harness.entries(), "one value and its clean-up in the second window");
      harness.element(KV.of("a", 2), 2, FIRST);
      assertEquals(3, harness.outputs.size());
      assertEquals(
          1,
          harness.counter(
              StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER));
      harness.watermark(ParDoHarness.END_MS);
      assertEquals(0, harness.entries());
      assertFalse(harness.operator.hasPendingWork());
    }
  }

  @Test
  void namesTheTransformWhoseKeyCannotBeEncoded() throws Exception {
    try (ParDoHarness harness = inGlobalWindow(new Summing())) {
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element(KV.of(null, 1), 0));
      assertTrue(failure.transform().startsWith("fn"), failure.transform());
      assertThrows(TransformException.class, () -> harness.element("no KV", 0));
    }
  }

  /** Sets the timers that its elements name. */
  static final class Timers extends DoFn<KV<String, Integer>, String> {
    @TimerId("event")
    private final TimerSpec event = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("clock")
    private final TimerSpec clock = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @TimerId("event") Timer event,
        @TimerId("clock") Timer clock) {
      int at = element.getValue();
      switch (element.getKey().substring(1)) {
        case "event" -> event.set(new Instant(at));
        case "held" -> event.withOutputTimestamp(new Instant(at - 5)).set(new Instant(at));
        case "unheld" -> event.withNoOutputTimestamp().set(new Instant(at));
        case "clear" -> event.clear();
        case "aligned" -> event.offset(Duration.millis(1)).align(Duration.millis(at)).setRelative();
        default -> clock.offset(Duration.millis(at)).setRelative();
      }
    }

    @OnTimer("event")
    public void onEvent(OnTimerContext c, @Key String key, @TimerId("event") Timer again) {
      c.output(key + " " + c.fireTimestamp().getMillis());
      if (c.fireTimestamp().getMillis() == 5) {
        again.set(new Instant(6));
      }
    }

    @OnTimer("clock")
    public void onClock(@Key String key, OutputReceiver<String> out, @Timestamp Instant timestamp) {
      out.output(key + " clock " + timestamp.getMillis());
    }
  }

  @Test
  void firesInTheOrderOfTimeOverAllKeys() throws Exception {
    try (ParDoHarness harness = inGlobalWindow(new Timers())) {
      harness
          .element(KV.of("aevent", 7), 0)
          .element(KV.of("bevent", 5), 0)
          .element(KV.of("cevent", 9), 0)
          .watermark(5);
      assertEquals(List.of(), harness.values(), "an element at 5 may still come");
      harness.watermark(9);
      assertEquals(List.of("bevent 5", "bevent 6", "aevent 7"), harness.values());
      assertEquals(List.of(5L, 6L, 7L), harness.timestamps());
    }
  }

  @Test
  void timersHoldTheWatermarkAtTheirOutput() throws Exception {
    try (ParDoHarness harness = inGlobalWindow(new Timers())) {
      harness.element(KV.of("aheld", 20), 10).watermark(18);
      assertEquals(15, harness.operator.outputWatermarkMs());
      assertEquals(Activity.ACTIVE, harness.operator.activity(Activity.IDLE), "would be late");
      harness.watermark(21);
      assertEquals(List.of(15L), harness.timestamps());
      assertEquals(21, harness.operator.outputWatermarkMs());
      harness.element(KV.of("aunheld", 30), 25).watermark(29);
      assertEquals(29, harness.operator.outputWatermarkMs());
      assertEquals(Activity.IDLE, harness.operator.activity(Activity.IDLE), "holds nothing");
    }
  }

  @Test
  void clearsAndResets() throws Exception {
    try (ParDoHarness harness = inGlobalWindow(new Timers())) {
      harness
          .element(KV.of("aevent", 7), 0)
          .element(KV.of("bevent", 5), 0)
          .element(KV.of("aevent", 30), 0);
      harness.watermark(10);
      assertEquals(List.of("bevent 5", "bevent 6"), harness.values());
    }
  }

  @Test
  void alignsRelativeTimers() throws Exception {
    try (ParDoHarness harness = inGlobalWindow(new Timers())) {
      harness.watermark(12).element(KV.of("aaligned", 10), 12).watermark(21);
      assertEquals(List.of("aaligned 19"), harness.values(), "12 + 10 - (12 + 1) % 10");
    }
  }

  @Test
  void processingTimersKeepTheTaskUntilTheyFireOrExpire() throws Exception {
    try (ParDoHarness harness = inGlobalWindow(new Timers())) {
      long now = harness.clock.nowMs();
      harness.element(KV.of("aclock", 100), 3).element(KV.of("bclock", 50), 4);
      assertEquals(now + 50, harness.operator.nextProcessingTimeMs());
      harness.watermark(20);
      assertEquals(3, harness.operator.outputWatermarkMs());
      harness.clock(now + 49);
      assertEquals(List.of(), harness.values());
      harness.clock(now + 50);
      assertEquals(List.of("bclock clock 4"), harness.values());
      assertTrue(harness.operator.hasPendingWork());
      harness.watermark(ParDoHarness.END_MS);
      assertFalse(harness.operator.hasPendingWork());
      harness.clock(now + 100);
      assertEquals(1, harness.outputs.size(), "the window of the other has expired");
      assertEquals(0, harness.entries());
    }
  }

  @Test
  void refusesTimersBeyondTheWindow() throws Exception {
    try (ParDoHarness harness = inWindowsOf10(new Timers(), 0)) {
      TransformException failure =
          assertThrows(
              TransformException.class, () -> harness.element(KV.of("aevent", 11), 3, FIRST));
      assertTrue(failure.getMessage().contains("after the expiration of window"));
    }
  }

  /** A loop of timers, and a word at the end of the window. */
  static final class Looping extends DoFn<KV<String, Integer>, String> {
    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value();

    @TimerId("loop")
    private final TimerSpec loopSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@TimerId("loop") Timer loop, @StateId("count") ValueState<Integer> count) {
      count.write(0);
      loop.offset(Duration.millis(1)).setRelative();
    }

    @OnTimer("loop")
    public void onLoop(
        @TimerId("loop") Timer loop,
        @StateId("count") ValueState<Integer> count,
        OutputReceiver<String> out) {
      int now = count.read() + 1;
      count.write(now);
      out.output("loop " + now);
      if (now < 3) {
        loop.offset(Duration.millis(1)).setRelative();
      }
    }

    @OnWindowExpiration
    public void expire(
        @Key String key,
        BoundedWindow window,
        @StateId("count") ValueState<Integer> count,
        OutputReceiver<String> out) {
      out.output(key + " expired at " + count.read());
    }
  }

  @Test
  void loopsAtTheEndOfInputAndThenExpires() throws Exception {
    try (ParDoHarness harness = inGlobalWindow(new Looping())) {
      harness.element(KV.of("a", 1), 0).watermark(ParDoHarness.END_MS);
      assertEquals(List.of("loop 1", "loop 2", "loop 3", "a expired at 3"), harness.values());
      assertEquals(
          GlobalWindow.INSTANCE.maxTimestamp().getMillis(), harness.outputs.get(3).timestampMs());
      assertEquals(0, harness.entries());
    }
  }

  @Test
  void expirationHoldsTheWatermarkAtTheEndOfTheWindow() throws Exception {
    try (ParDoHarness harness = inWindowsOf10(new Looping(), 100)) {
      harness.element(KV.of("a", 1), 0, FIRST).watermark(50);
      assertEquals(9, harness.operator.outputWatermarkMs());
      harness.watermark(111);
      assertEquals("a expired at 3", harness.values().get(harness.values().size() - 1));
      assertEquals(111, harness.operator.outputWatermarkMs());
    }
  }

  /** Timers named at run time. */
  static final class Family extends DoFn<KV<String, Integer>, String> {
    @TimerFamily("family")
    @SuppressWarnings("UnusedVariable") // Beam finds it by its annotation
    private final TimerSpec family = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, @TimerFamily("family") TimerMap timers) {
      int at = element.getValue();
      timers.set("at" + at, new Instant(at));
      timers.get("also" + at).set(new Instant(at + 1));
    }

    @OnTimerFamily("family")
    public void onTimer(@TimerId String id, OutputReceiver<String> out) {
      out.output(id);
    }
  }

  @Test
  void firesTheTimersOfAFamily() throws Exception {
    try (ParDoHarness harness = inGlobalWindow(new Family())) {
      harness.element(KV.of("a", 5), 0).element(KV.of("a", 7), 0).watermark(10);
      assertEquals(List.of("at5", "also5", "at7", "also7"), harness.values());
    }
  }

  /** Wants its elements in order. */
  static final class Sorted extends DoFn<KV<String, Integer>, String> {
    @StateId("seen")
    private final StateSpec<BagState<Integer>> seen = StateSpecs.bag();

    @RequiresTimeSortedInput
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @Timestamp Instant timestamp,
        OutputReceiver<String> out) {
      out.output(element.getKey() + element.getValue() + "@" + timestamp.getMillis());
    }
  }

  @Test
  void sortsByTimeAndDropsWhatComesTooLate() throws Exception {
    try (ParDoHarness harness = inGlobalWindow(new Sorted())) {
      harness
          .element(KV.of("a", 1), 8)
          .element(KV.of("a", 2), 4)
          .element(KV.of("a", 3), 4)
          .element(KV.of("b", 4), 6)
          .watermark(5);
      assertEquals(List.of("a2@4", "a3@4"), harness.values());
      assertEquals(5, harness.operator.outputWatermarkMs());
      harness.element(KV.of("a", 5), 4).element(KV.of("a", 6), 5);
      harness.watermark(ParDoHarness.END_MS);
      assertEquals(List.of("a2@4", "a3@4", "a6@5", "a1@8", "b4@6"), harness.values());
      assertEquals(
          1,
          harness.counter(
              StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER));
      assertEquals(0, harness.entries());
    }
  }
}
