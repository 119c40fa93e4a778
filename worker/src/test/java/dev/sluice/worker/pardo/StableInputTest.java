package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Stable input: when elements are delivered, and what they hold until then. */
class StableInputTest {

  /** Emits what it gets. */
  private static final class Stable extends DoFn<Integer, Integer> {
    @RequiresStableInput
    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<Integer> out) {
      out.output(element);
    }
  }

  /** Emits what it gets and which timer fires: one by the watermark, one by the clock. */
  static final class StableTimers extends DoFn<KV<String, Integer>, String> {
    @TimerId("event")
    private final TimerSpec event = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("clock")
    private final TimerSpec clock = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @RequiresStableInput
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @Timestamp Instant timestamp,
        @TimerId("event") Timer eventTimer,
        @TimerId("clock") Timer clockTimer,
        OutputReceiver<String> out) {
      out.output("element " + element.getValue());
      eventTimer.withOutputTimestamp(timestamp).set(timestamp.plus(Duration.millis(5)));
      clockTimer.offset(Duration.millis(100)).setRelative();
    }

    @OnTimer("event")
    public void event(OutputReceiver<String> out) {
      out.output("event timer");
    }

    @OnTimer("clock")
    public void clock(OnTimerContext context, OutputReceiver<String> out) {
      out.output("clock timer at " + context.fireTimestamp().getMillis());
    }
  }

  private static Pipeline timersPipeline() {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline
        .apply(
            Create.of(List.of(KV.of("k", 1)))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of())))
        .apply("timers", ParDo.of(new StableTimers()));
    return pipeline;
  }

  private static ParDoHarness timers() throws Exception {
    return ParDoHarness.open(timersPipeline(), "timers");
  }

  private static ParDoHarness harness() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline
        .apply(Create.of(List.of(1)).withCoder(VarIntCoder.of()))
        .apply("stable", ParDo.of(new Stable()));
    return ParDoHarness.open(pipeline, "stable");
  }

  /** The checkpoints of all barriers until now are complete. */
  private static void complete(ParDoHarness harness) throws Exception {
    List<BundleFinalizer.Callback> callbacks = List.copyOf(harness.callbacks);
    harness.callbacks.clear();
    for (BundleFinalizer.Callback callback : callbacks) {
      callback.onBundleSuccess();
    }
    harness.fire();
  }

  @Test
  void elementsWaitForTheirCheckpoint() throws Exception {
    try (ParDoHarness harness = harness()) {
      harness.element(1, 10);
      harness.operator.barrier(1);
      harness.element(2, 20).watermark(20);
      assertEquals(List.of(), harness.values());
      assertEquals(10, harness.operator.outputWatermarkMs());

      complete(harness);

      assertEquals(List.of(1), harness.values());
      assertEquals(20, harness.operator.outputWatermarkMs());
    }
  }

  @Test
  void watermarkGoesOnAlthoughElementsAlwaysWait() throws Exception {
    try (ParDoHarness harness = harness()) {
      harness.element(0, 0);
      for (int checkpoint = 1; checkpoint <= 5; checkpoint++) {
        harness.operator.barrier(checkpoint);
        harness.element(checkpoint, checkpoint * 10L).watermark(checkpoint * 10L);
        complete(harness);
        assertEquals(checkpoint * 10L, harness.operator.outputWatermarkMs());
      }
      assertEquals(List.of(0, 1, 2, 3, 4), harness.values());
    }
  }

  @Test
  void elementsOfACheckpointThatFailedHoldUntilTheNextIsComplete() throws Exception {
    try (ParDoHarness harness = harness()) {
      harness.element(1, 10);
      harness.operator.barrier(1);
      harness.callbacks.clear();
      harness.element(2, 20).watermark(30);
      harness.operator.barrier(2);
      assertEquals(10, harness.operator.outputWatermarkMs());

      complete(harness);

      assertEquals(List.of(1, 2), harness.values());
      assertEquals(30, harness.operator.outputWatermarkMs());
    }
  }

  @Test
  void timersSeeNoMoreTimeThanACompleteCheckpoint() throws Exception {
    try (ParDoHarness harness = timers()) {
      harness.element(KV.of("k", 1), 10).watermark(20);
      harness.operator.barrier(1);
      harness.clock(1_000_300).watermark(30);
      assertEquals(List.of(), harness.values());

      complete(harness);
      assertEquals(List.of("element 1", "event timer"), harness.values());
      assertTrue(harness.operator.waitsForCheckpoint(), "for a time at which the other one fires");

      harness.operator.barrier(2);
      complete(harness);
      assertEquals(List.of("element 1", "event timer", "clock timer at 1000100"), harness.values());
    }
  }

  @Test
  void timersOfOneCheckpointFireBeforeTheElementsOfTheNext() throws Exception {
    try (ParDoHarness harness = timers()) {
      harness.element(KV.of("k", 1), 10).watermark(20);
      harness.operator.barrier(1);
      harness.element(KV.of("k", 2), 20).watermark(30);
      harness.operator.barrier(2);
      complete(harness);
      assertEquals(
          List.of("element 1", "event timer", "element 2", "event timer"), harness.values());
    }
  }

  @Test
  void aRestoreLetsThroughWhatTheCheckpointHasInTheSameOrder() throws Exception {
    KeptState kept = new KeptState();
    try (ParDoHarness harness = ParDoHarness.restored(timersPipeline(), "timers", kept)) {
      harness.element(KV.of("k", 1), 10).watermark(20);
      harness.operator.barrier(1);
      harness.element(KV.of("k", 2), 20).watermark(30);
      harness.operator.barrier(2);
      kept.checkpoint();
      harness.element(KV.of("k", 3), 30);
    }
    try (ParDoHarness harness = ParDoHarness.restored(timersPipeline(), "timers", kept)) {
      harness.fire();
      assertEquals(
          List.of("element 1", "event timer", "element 2", "event timer"), harness.values());
      harness.element(KV.of("k", 3), 30).watermark(30);
      assertEquals(4, harness.values().size(), "what came after the checkpoint waits");
    }
  }

  @Test
  void elementsAfterABarrierWaitForTheNext() throws Exception {
    try (ParDoHarness harness = timers()) {
      harness.element(KV.of("k", 1), 10);
      harness.operator.barrier(1);
      harness.element(KV.of("k", 2), 10);
      complete(harness);
      assertEquals(List.of("element 1"), harness.values());
    }
  }
}
