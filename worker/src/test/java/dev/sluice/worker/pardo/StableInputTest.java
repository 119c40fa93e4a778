package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.ParDo;
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
}
