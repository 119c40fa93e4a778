package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * What meets in one DoFn: side inputs with state and with restrictions, rows with outputs,
 * finalizers with time.
 */
class CombinedParDoTest {
  private static final IntervalWindow FIRST = new IntervalWindow(new Instant(0), new Instant(10));
  private static final PaneInfo ONLY = PaneInfo.ON_TIME_AND_ONLY_FIRING;

  /** Counts by key and says what the side input says. */
  static final class CountingBeside extends DoFn<KV<String, Integer>, String> {
    private final PCollectionView<Integer> view;

    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value();

    CountingBeside(PCollectionView<Integer> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext c, @StateId("count") ValueState<Integer> count) {
      Integer before = count.read();
      count.write(before == null ? 1 : before + 1);
      c.output(c.element().getKey() + count.read() + "/" + c.sideInput(view));
    }
  }

  @Test
  void stateSeesTimePassOnlyBehindWhatWaitsForASideInput() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Integer> view =
        pipeline
            .apply("side", Create.of(1))
            .apply("sw", Window.into(FixedWindows.of(Duration.millis(10))))
            .apply(View.asSingleton());
    pipeline
        .apply(Create.of(KV.of("a", 1)))
        .apply("mw", Window.into(FixedWindows.of(Duration.millis(10))))
        .apply("fn", ParDo.of(new CountingBeside(view)).withSideInputs(view));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.element(KV.of("a", 1), 3, FIRST).element(KV.of("a", 1), 4, FIRST).watermark(50);
      assertEquals(3, harness.operator.outputWatermarkMs());
      harness.side(view, List.of(7), FIRST, ONLY);
      assertEquals(List.of("a1/7", "a2/7"), harness.values());
      assertEquals(
          0,
          harness.counter(
              StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER));
      assertEquals(50, harness.operator.outputWatermarkMs());
      assertEquals(0, harness.entries(), "the window is cleaned up as soon as nothing waits");
    }
  }

  /** Asks for its side input wherever a splittable DoFn may. */
  @DoFn.BoundedPerElement
  static final class SplittableBeside extends DoFn<Integer, String> {
    @GetInitialRestriction
    public OffsetRange whole(@SideInput("side") Integer side) {
      return new OffsetRange(0, side);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Integer element,
        @SideInput("side") Integer side,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      long at = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(at)) {
        return ProcessContinuation.stop();
      }
      out.output(element + ":" + at + "/" + side);
      return ProcessContinuation.resume();
    }
  }

  @Test
  void restrictionsKeepTheSideInputOfTheirWindow() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Integer> view = pipeline.apply("side", Create.of(1)).apply(View.asSingleton());
    pipeline
        .apply(Create.of(1))
        .apply("fn", ParDo.of(new SplittableBeside()).withSideInput("side", view));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.element(5, 3);
      assertEquals(List.of(), harness.values());
      harness.sideInputs.receive(
          ParDoHarness.exchangeOf(view), List.of(2), List.of(GlobalWindow.INSTANCE), ONLY);
      harness.watermark(ParDoHarness.END_MS);
      assertEquals(List.of("5:0/2", "5:1/2"), harness.values());
      assertEquals(0, harness.entries());
    }
  }

  /** Writes outside, a piece every half a second. */
  @DoFn.BoundedPerElement
  static final class StableSplittable extends DoFn<Integer, String> {
    @GetInitialRestriction
    public OffsetRange whole() {
      return new OffsetRange(0, 2);
    }

    @RequiresStableInput
    @ProcessElement
    public ProcessContinuation process(
        @Element Integer element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      long at = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(at)) {
        return ProcessContinuation.stop();
      }
      out.output(element + ":" + at);
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(500));
    }
  }

  @Test
  void aCheckpointLetsElementsThroughAndTheClockWhatIsLeftOfThem() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new StableSplittable()));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.element(5, 3).fire();
      assertEquals(List.of(), harness.values());
      assertEquals(Long.MAX_VALUE, harness.operator.nextProcessingTimeMs());
      assertTrue(harness.operator.waitsForCheckpoint());

      harness.operator.barrier(1);
      harness.callbacks.get(0).onBundleSuccess();
      harness.fire();
      assertEquals(List.of("5:0"), harness.values());
      assertFalse(harness.operator.waitsForCheckpoint());
      assertTrue(harness.operator.hasPendingWork());
      assertEquals(1_000_500, harness.operator.nextProcessingTimeMs());

      harness.clock(1_000_500);
      assertEquals(List.of("5:0", "5:1"), harness.values());
    }
  }

  private static final Schema SCHEMA = Schema.builder().addInt64Field("n").build();
  private static final TupleTag<Row> MAIN = new TupleTag<>("main");
  private static final TupleTag<Row> EXTRA = new TupleTag<>("extra");

  /** Emits rows in every way there is. */
  static final class RowsOut extends DoFn<Row, Row> {
    @ProcessElement
    public void process(@Element Row row, MultiOutputReceiver outs) {
      outs.getRowReceiver(MAIN).output(row);
      outs.getRowReceiver(EXTRA).outputWithTimestamp(row, new Instant(8));
      outs.getRowReceiver(EXTRA).builder(row).setTimestamp(new Instant(9)).output();
      outs.getRowReceiver(EXTRA)
          .outputWindowedValue(row, new Instant(7), List.of(FIRST), PaneInfo.NO_FIRING);
    }
  }

  @Test
  void emitsRows() throws Exception {
    Row row = Row.withSchema(SCHEMA).addValue(41L).build();
    Pipeline pipeline = ParDoHarness.pipeline();
    var outputs =
        pipeline
            .apply(Create.of(row).withRowSchema(SCHEMA))
            .apply("fn", ParDo.of(new RowsOut()).withOutputTags(MAIN, TupleTagList.of(EXTRA)));
    outputs.get(MAIN).setRowSchema(SCHEMA);
    outputs.get(EXTRA).setRowSchema(SCHEMA);
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.element(row, 5);
      assertEquals(List.of(row), harness.values("main"));
      assertEquals(List.of(row, row, row), harness.values("extra"));
      assertEquals(List.of(5L, 8L, 9L, 7L), harness.timestamps());
      assertEquals(List.of(FIRST), List.copyOf(harness.outputs.get(3).windows()));
    }
  }

  /** Wants to know when its bundle is safe. */
  static final class Finalizing extends DoFn<Integer, Integer> {
    static final List<Integer> SAFE = new ArrayList<>();

    @ProcessElement
    public void process(@Element Integer element, BundleFinalizer finalizer) {
      finalizer.afterBundleCommit(new Instant(2_000_000), () -> SAFE.add(element));
    }
  }

  @Test
  void finalizesUnlessTimeHasRunOut() throws Exception {
    Finalizing.SAFE.clear();
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Finalizing()));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.element(1, 0).element(2, 0);
      assertTrue(Finalizing.SAFE.isEmpty());
      harness.callbacks.get(0).onBundleSuccess();
      harness.clock(2_000_001);
      harness.callbacks.get(1).onBundleSuccess();
      assertEquals(List.of(1), Finalizing.SAFE);
    }
  }
}
