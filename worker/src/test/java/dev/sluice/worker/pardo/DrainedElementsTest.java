package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sluice.worker.stage.DrainedWindows;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.CausedByDrain;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** That an element exists because of a drain goes with it, also while it waits in state. */
class DrainedElementsTest {
  private static final IntervalWindow ONE = new IntervalWindow(new Instant(0), new Instant(10));
  private static final IntervalWindow TWO = new IntervalWindow(new Instant(10), new Instant(20));
  private static final Collection<BoundedWindow> BOTH = List.of(ONE, TWO);

  /** Passes on what it gets; odd numbers in a way that names everything anew. */
  static final class PassOn extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(
        @Element Integer element, CausedByDrain cause, OutputReceiver<Integer> out) {
      if (element % 2 == 0) {
        out.output(element);
      } else {
        out.builder(element).setCausedByDrain(cause).output();
      }
    }
  }

  /** The same behind stable input, one window at a time. */
  static final class Stable extends DoFn<Integer, String> {
    @RequiresStableInput
    @ProcessElement
    public void process(
        @Element Integer element,
        BoundedWindow window,
        CausedByDrain cause,
        OutputReceiver<String> out) {
      out.output(element + " " + cause);
    }
  }

  private static void receive(
      ParDoHarness harness, Object value, Collection<? extends BoundedWindow> windows) {
    harness.bundle(() -> harness.operator.receive(value, 5, windows, PaneInfo.NO_FIRING));
  }

  private static List<Boolean> marks(ParDoHarness harness) {
    return harness.outputs.stream().map(out -> DrainedWindows.marks(out.windows())).toList();
  }

  private static Pipeline pipeline(DoFn<Integer, ?> fn) {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline
        .apply(Create.of(List.of(1)).withCoder(VarIntCoder.of()))
        .apply(Window.into(FixedWindows.of(Duration.millis(10))))
        .apply("fn", ParDo.of(fn));
    return pipeline;
  }

  @Test
  void theMarkIsPutOnAndTakenOff() {
    Collection<? extends BoundedWindow> marked = DrainedWindows.of(BOTH, true);
    assertEquals(BOTH, marked);
    assertSame(marked, DrainedWindows.of(marked, true));
    assertSame(BOTH, DrainedWindows.of(BOTH, false));
    assertEquals(CausedByDrain.CAUSED_BY_DRAIN, DrainedWindows.cause(marked));
    assertEquals(CausedByDrain.NORMAL, DrainedWindows.cause(DrainedWindows.of(marked, false)));
  }

  @Test
  void outputsSayWhatTheirInputSaid() throws Exception {
    try (ParDoHarness harness = ParDoHarness.open(pipeline(new PassOn()), "fn")) {
      for (int element = 0; element < 2; element++) {
        receive(harness, element, DrainedWindows.of(BOTH, true));
        receive(harness, element, BOTH);
      }
      assertEquals(List.of(true, false, true, false), marks(harness));
    }
  }

  @Test
  void whatHasWaitedInACheckpointStillSaysSo() throws Exception {
    KeptState kept = new KeptState();
    try (ParDoHarness harness = ParDoHarness.restored(pipeline(new Stable()), "fn", kept)) {
      receive(harness, 1, DrainedWindows.of(BOTH, true));
      receive(harness, 2, List.of(ONE));
      harness.operator.barrier(1);
      kept.checkpoint();
    }
    try (ParDoHarness harness = ParDoHarness.restored(pipeline(new Stable()), "fn", kept)) {
      harness.fire();
      assertEquals(List.of("1 CAUSED_BY_DRAIN", "1 CAUSED_BY_DRAIN", "2 NORMAL"), harness.values());
      assertEquals(List.of(true, true, false), marks(harness));
    }
  }
}
