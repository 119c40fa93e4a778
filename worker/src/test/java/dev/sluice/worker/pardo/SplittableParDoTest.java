package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.worker.stage.SourceOptions;
import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.watermark.Activity;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker.TruncateResult;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Splittable DoFns: splits, residuals, resumption and the watermark. */
class SplittableParDoTest {

  private static ParDoHarness harness(DoFn<Integer, String> fn) throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(fn));
    return ParDoHarness.open(pipeline, "fn");
  }

  /** Emits the numbers below its element, in two halves, and rests after every second one. */
  @DoFn.BoundedPerElement
  static final class Resting extends DoFn<Integer, String> {
    private boolean inBundle;

    @StartBundle
    public void start() {
      inBundle = true;
    }

    @FinishBundle
    public void finish() {
      inBundle = false;
    }

    @GetInitialRestriction
    public OffsetRange whole(@Element Integer n) {
      check(!inBundle);
      return new OffsetRange(0, n);
    }

    @SplitRestriction
    public void split(@Restriction OffsetRange whole, OutputReceiver<OffsetRange> out) {
      check(!inBundle);
      long middle = (whole.getFrom() + whole.getTo()) / 2;
      out.output(new OffsetRange(whole.getFrom(), middle));
      out.output(new OffsetRange(middle, whole.getTo()));
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Integer n,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      check(inBundle);
      int emitted = 0;
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output(n + ":" + i);
        if (++emitted == 2) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(10));
        }
      }
      return ProcessContinuation.stop();
    }

    private static void check(boolean held) {
      if (!held) {
        throw new IllegalStateException();
      }
    }
  }

  @Test
  void processesEachPartAndResumesWhenAsked() throws Exception {
    try (ParDoHarness harness = harness(new Resting())) {
      long now = harness.clock.nowMs();
      harness.element(6, 5).watermark(20);
      assertEquals(List.of("6:0", "6:1", "6:3", "6:4"), harness.values());
      assertTrue(harness.operator.hasPendingWork());
      assertEquals(now + 10, harness.operator.nextProcessingTimeMs());
      harness.clock(now + 9);
      assertEquals(4, harness.outputs.size());
      harness.clock(now + 10);
      assertEquals(List.of("6:0", "6:1", "6:3", "6:4", "6:2", "6:5"), harness.values());
      assertFalse(harness.operator.hasPendingWork());
      assertEquals(0, harness.entries());
      assertEquals(20, harness.operator.outputWatermarkMs());
    }
  }

  /** Emits as many numbers as its element says, at once. */
  @DoFn.BoundedPerElement
  static final class Busy extends DoFn<Integer, String> {
    static int calls;

    @GetInitialRestriction
    public OffsetRange whole(@Element Integer n) {
      return new OffsetRange(0, n);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<String> out) {
      calls++;
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output("" + i);
      }
    }
  }

  @Test
  void splitsItselfAfterManyClaims() throws Exception {
    try (ParDoHarness harness = harness(new Busy())) {
      Busy.calls = 0;
      harness.element(25_000, 5).fire();
      assertEquals(IntStream.range(0, 25_000).mapToObj(i -> "" + i).toList(), harness.values());
      assertEquals(3, Busy.calls);
      assertEquals(0, harness.entries());
    }
  }

  @Test
  void endsItsCallAtTheNextClaimWhenABarrierIsAnnounced() throws Exception {
    try (ParDoHarness harness = harness(new Busy())) {
      Busy.calls = 0;
      harness.barrierAnnounced = true;
      harness.element(5, 5).element(5, 5);
      harness.bundle(() -> assertEquals(1_000, harness.operator.fireTimers(1_000)));
      assertEquals(1, Busy.calls, "the second element would hold the barrier up");
      assertEquals(List.of("0"), harness.values());
      harness.barrierAnnounced = false;
      harness.fire();
      assertEquals(10, harness.outputs.size());
      assertEquals(3, Busy.calls);
      assertEquals(0, harness.entries());
    }
  }

  /**
   * Counts for ever, one number a second. When the job is drained it goes on to the next multiple
   * of ten, and with nothing where it stands on one.
   */
  @DoFn.UnboundedPerElement
  static class Endless extends DoFn<Integer, String> {
    @GetInitialRestriction
    public OffsetRange whole(@Element Integer from) {
      return new OffsetRange(from, Long.MAX_VALUE);
    }

    @TruncateRestriction
    @SuppressWarnings("unchecked") // Beam's factory returns a raw type
    public TruncateResult<OffsetRange> truncate(@Restriction OffsetRange range) {
      long from = range.getFrom();
      return from % 10 == 0
          ? null
          : TruncateResult.of(new OffsetRange(from, from - from % 10 + 10));
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<String> out) {
      long i = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(i)) {
        return ProcessContinuation.stop();
      }
      out.output("" + i);
      return ProcessContinuation.resume().withResumeDelay(Duration.standardSeconds(1));
    }
  }

  @Test
  void goesOnOnlyAsFarAsTheDoFnWantsWhenDrained() throws Exception {
    try (ParDoHarness harness = harness(new Endless())) {
      harness.element(6, 5).element(9, 6).fire().watermark(100);
      assertEquals(List.of("6", "9"), harness.values());
      assertTrue(harness.operator.outputWatermarkMs() <= 5);
      harness.operator.drain();
      harness.fire();
      assertEquals(List.of("6", "9", "7"), harness.values(), "10 is not begun");
      harness.operator.drain();
      for (int second = 1; second <= 3; second++) {
        harness.clock(harness.clock.nowMs() + 1_000);
      }
      assertEquals(List.of("6", "9", "7", "8", "9"), harness.values());
      assertFalse(harness.operator.hasPendingWork());
      assertEquals(100, harness.operator.outputWatermarkMs());
      assertEquals(0, harness.entries());
    }
  }

  @Test
  void truncatesElementsThatComeAfterTheDrain() throws Exception {
    try (ParDoHarness harness = harness(new Endless())) {
      harness.operator.drain();
      harness.element(10, 5).element(19, 5).fire();
      harness.clock(harness.clock.nowMs() + 1_000);
      assertEquals(List.of("19"), harness.values());
      assertFalse(harness.operator.hasPendingWork());
    }
  }

  /** Has no opinion about drains. */
  @DoFn.UnboundedPerElement
  static final class Plain extends DoFn<Integer, String> {
    @GetInitialRestriction
    public OffsetRange whole(@Element Integer n) {
      return new OffsetRange(0, n);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<String> out) {
      long i = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(i)) {
        return ProcessContinuation.stop();
      }
      out.output("" + i);
      return ProcessContinuation.resume();
    }
  }

  @Test
  void boundedRestrictionsRunToTheirEndWhenDrained() throws Exception {
    try (ParDoHarness harness = harness(new Resting());
        ParDoHarness plain = harness(new Plain())) {
      harness.element(6, 5).fire();
      harness.operator.drain();
      harness.clock(harness.clock.nowMs() + 10);
      assertEquals(6, harness.outputs.size());
      assertFalse(harness.operator.hasPendingWork());
      plain.element(3, 5);
      plain.operator.drain();
      plain.fire();
      assertEquals(List.of("0", "1", "2"), plain.values());
      assertFalse(plain.operator.hasPendingWork());
    }
  }

  /** Says itself how far its time has come. */
  static final class Timed extends HandTimed {
    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> estimator,
        OutputReceiver<String> out) {
      long i = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(i)) {
        return ProcessContinuation.stop();
      }
      Instant at = estimator.currentWatermark().plus(Duration.millis(10));
      out.outputWithTimestamp("at " + at.getMillis(), at);
      estimator.setWatermark(at);
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(1));
    }
  }

  @Test
  void holdsTheWatermarkWhereTheEstimatorIs() throws Exception {
    try (ParDoHarness harness = harness(new Timed())) {
      long now = harness.clock.nowMs();
      harness.element(1, 5).watermark(100);
      assertEquals(15, harness.operator.outputWatermarkMs());
      harness.clock(now + 1);
      assertEquals(25, harness.operator.outputWatermarkMs());
      harness.clock(now + 2);
      harness.clock(now + 3);
      assertEquals(List.of("at 15", "at 25", "at 35"), harness.values());
      assertEquals(100, harness.operator.outputWatermarkMs());
      assertEquals(0, harness.entries());
    }
  }

  /** Waits for what a test puts in, for each element by itself; its time comes with that. */
  static final class Listening extends HandTimed {
    static final Map<Integer, Instant> HEARD = new ConcurrentHashMap<>();

    @ProcessElement
    public ProcessContinuation process(
        @Element Integer n,
        RestrictionTracker<OffsetRange, Long> notClaimed,
        ManualWatermarkEstimator<Instant> estimator,
        OutputReceiver<String> out) {
      Instant heard = HEARD.remove(n);
      if (heard != null) {
        out.outputWithTimestamp(n + " at " + heard.getMillis(), heard);
        estimator.setWatermark(heard);
      }
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(100));
    }
  }

  private static ParDoHarness listening() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.getOptions().as(SourceOptions.class).setIdleSplitTimeoutMs(1_000);
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Listening()));
    ParDoHarness harness = ParDoHarness.open(pipeline, "fn");
    harness.element(1, 10).element(2, 20).watermark(ParDoHarness.END_MS);
    assertEquals(10, harness.operator.outputWatermarkMs());
    return harness;
  }

  /** Moves the clock in steps in which the DoFn is asked; one of the elements hears something. */
  private static void listen(ParDoHarness harness, int toMs, int heard, long atMs) {
    long start = harness.clock.nowMs();
    for (int ms = 100; ms <= toMs; ms += 100) {
      Listening.HEARD.put(heard, new Instant(atMs + ms));
      harness.clock(start + ms);
    }
    Listening.HEARD.clear();
  }

  @Test
  void aRestrictionThatBringsNothingLetsGoOfTheWatermark() throws Exception {
    try (ParDoHarness harness = listening()) {
      listen(harness, 900, 2, 1_000);
      assertEquals(10, harness.operator.outputWatermarkMs());
      listen(harness, 200, 2, 2_000);
      assertEquals(Activity.ACTIVE, harness.operator.activity(Activity.ENDED));
      assertEquals(2_200, harness.operator.outputWatermarkMs());

      listen(harness, 100, 1, 500);
      assertEquals(2_200, harness.operator.outputWatermarkMs(), "does not go back");
      listen(harness, 100, 1, 2_500);
      assertEquals(2_200, harness.operator.outputWatermarkMs(), "the other is not silent yet");
      listen(harness, 100, 2, 3_000);
      assertEquals(2_600, harness.operator.outputWatermarkMs());
    }
  }

  @Test
  void whenAllRestrictionsAreSilentTheWatermarkStaysAndTheTaskIsIdle() throws Exception {
    try (ParDoHarness harness = listening()) {
      assertEquals(Activity.ACTIVE, harness.operator.activity(Activity.ENDED));
      long start = harness.clock.nowMs();
      for (int ms = 100; ms <= 1_200; ms += 100) {
        harness.clock(start + ms);
      }
      assertEquals(Activity.IDLE, harness.operator.activity(Activity.ENDED));
      assertEquals(10, harness.operator.outputWatermarkMs());
      assertEquals(Activity.ACTIVE, harness.operator.activity(Activity.ACTIVE));

      Listening.HEARD.put(1, new Instant(500));
      harness.clock(start + 1_300);
      assertEquals(Activity.ACTIVE, harness.operator.activity(Activity.ENDED));
      assertEquals(500, harness.operator.outputWatermarkMs(), "the other is silent still");
    }
  }

  /** Asks to be asked again much later. */
  static final class Sleeping extends HandTimed {
    @ProcessElement
    public ProcessContinuation process(RestrictionTracker<OffsetRange, Long> notClaimed) {
      return ProcessContinuation.resume().withResumeDelay(Duration.standardHours(1));
    }
  }

  @Test
  void aRestrictionIsSilentWhileItSaysItselfThatNothingComes() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.getOptions().as(SourceOptions.class).setIdleSplitTimeoutMs(1_000);
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Sleeping()));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      long start = harness.clock.nowMs();
      harness.element(1, 10).watermark(ParDoHarness.END_MS);
      assertEquals(start + 1_000, harness.operator.nextProcessingTimeMs());
      harness.clock(start + 999);
      assertEquals(Activity.ACTIVE, harness.operator.activity(Activity.ENDED));
      harness.clock(start + 1_000);
      assertEquals(Activity.IDLE, harness.operator.activity(Activity.ENDED));
      assertEquals(start + 3_600_000, harness.operator.nextProcessingTimeMs());
    }
  }

  /** Stops without having done its restriction. */
  @DoFn.BoundedPerElement
  static final class Lazy extends DoFn<Integer, String> {
    @GetInitialRestriction
    public OffsetRange whole() {
      return new OffsetRange(0, 3);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker) {
      tracker.tryClaim(0L);
    }
  }

  @Test
  void refusesWorkLeftUndone() throws Exception {
    try (ParDoHarness harness = harness(new Lazy())) {
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element(1, 5).fire());
      assertTrue(failure.getCause() instanceof IllegalStateException, failure.toString());
    }
  }
}
