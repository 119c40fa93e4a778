package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.watermark.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Side inputs: what is read, when it is ready, and what becomes of the elements that wait. */
class SideInputTest {
  private static final IntervalWindow FIRST = new IntervalWindow(new Instant(0), new Instant(10));
  private static final IntervalWindow SECOND = new IntervalWindow(new Instant(10), new Instant(20));
  private static final IntervalWindow THIRD = new IntervalWindow(new Instant(20), new Instant(30));
  private static final PaneInfo EARLY =
      PaneInfo.createPane(true, false, PaneInfo.Timing.EARLY, 0, -1);
  private static final PaneInfo ON_TIME =
      PaneInfo.createPane(false, false, PaneInfo.Timing.ON_TIME, 1, 0);
  private static final PaneInfo ONLY = PaneInfo.ON_TIME_AND_ONLY_FIRING;

  /** Appends what the side input says. */
  static final class Reading extends DoFn<Integer, String> {
    private final PCollectionView<?> view;

    Reading(PCollectionView<?> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      c.output(c.element() + "=" + c.sideInput(view));
    }
  }

  /** A pipeline with one singleton side input, in windows of 10 ms on both sides. */
  private record Singleton(Pipeline pipeline, PCollectionView<Integer> view) {
    static Singleton windowed() {
      Pipeline pipeline = ParDoHarness.pipeline();
      PCollectionView<Integer> view =
          pipeline
              .apply("side", Create.of(1))
              .apply("sw", Window.into(FixedWindows.of(Duration.millis(10))))
              .apply(View.<Integer>asSingleton().withDefaultValue(-1));
      pipeline
          .apply(Create.of(1))
          .apply("mw", Window.into(FixedWindows.of(Duration.millis(10))))
          .apply("fn", ParDo.of(new Reading(view)).withSideInputs(view));
      return new Singleton(pipeline, view);
    }
  }

  @Test
  void waitsForThePaneOfItsWindowAndHoldsTheWatermark() throws Exception {
    Singleton given = Singleton.windowed();
    try (ParDoHarness harness = ParDoHarness.open(given.pipeline, "fn")) {
      harness.element(1, 3, FIRST).element(2, 12, SECOND).watermark(15);
      assertEquals(List.of(), harness.outputs);
      assertEquals(3, harness.operator.outputWatermarkMs());
      assertTrue(harness.operator.hasPendingWork());
      assertEquals(Activity.ACTIVE, harness.operator.activity(Activity.IDLE), "elements wait");
      harness.side(given.view, List.of(7), SECOND, ONLY);
      assertEquals(List.of("2=7"), harness.values());
      assertEquals(3, harness.operator.outputWatermarkMs());
      harness.side(given.view, List.of(6), FIRST, ONLY);
      assertEquals(List.of("2=7", "1=6"), harness.values());
      assertEquals(List.of(12L, 3L), harness.timestamps());
      assertEquals(15, harness.operator.outputWatermarkMs());
      assertFalse(harness.operator.hasPendingWork());
      assertEquals(Activity.IDLE, harness.operator.activity(Activity.IDLE));
      assertEquals(0, harness.entries());
    }
  }

  @Test
  void panesAreStateThatABarrierCanSave() throws Exception {
    Singleton given = Singleton.windowed();
    try (ParDoHarness harness = ParDoHarness.open(given.pipeline, "fn")) {
      harness.side(given.view, List.of(6), FIRST, ONLY).side(given.view, List.of(7), SECOND, ONLY);
      List<Object> panes = new ArrayList<>();
      harness.sideState.forEachEntry(entry -> panes.add(entry.value().value()));
      assertEquals(List.of(KV.of(0L, List.of(6)), KV.of(0L, List.of(7))), panes);
      assertEquals(2, harness.sideState.entryCount());
    }
  }

  @Test
  void isEmptyOnceTheTriggerMustHaveFired() throws Exception {
    Singleton given = Singleton.windowed();
    try (ParDoHarness harness = ParDoHarness.open(given.pipeline, "fn")) {
      harness.element(1, 3, FIRST).sideWatermark(given.view, 9);
      assertEquals(List.of(), harness.values());
      harness.sideWatermark(given.view, 10);
      assertEquals(List.of("1=-1"), harness.values());
    }
  }

  @Test
  void whatWasKnownOfSideInputsIsKnownAfterARestore() throws Exception {
    Singleton given = Singleton.windowed();
    KeptState kept = new KeptState();
    try (ParDoHarness harness = ParDoHarness.restored(given.pipeline, "fn", kept)) {
      harness.sideWatermark(given.view, 10);
      harness.side(given.view, List.of(7), SECOND, EARLY);
      harness.element(1, 3, FIRST).element(2, 13, SECOND).element(3, 23, THIRD);
      assertEquals(List.of("1=-1", "2=7"), harness.values());
      harness.operator.barrier(1);
      kept.checkpoint();
    }
    try (ParDoHarness harness = ParDoHarness.restored(given.pipeline, "fn", kept)) {
      harness.fire();
      assertEquals(List.of(), harness.values(), "the third window is still not known");
      harness.element(4, 4, FIRST).element(5, 14, SECOND);
      assertEquals(List.of("4=-1", "5=7"), harness.values());
      harness.sideWatermark(given.view, 5).element(6, 4, FIRST);
      harness.side(given.view, List.of(9), THIRD, ONLY);
      assertEquals(List.of("4=-1", "5=7", "6=-1", "3=9"), harness.values());
    }
  }

  @Test
  void laterPanesReplaceEarlierOnes() throws Exception {
    Singleton given = Singleton.windowed();
    try (ParDoHarness harness = ParDoHarness.open(given.pipeline, "fn")) {
      harness.side(given.view, List.of(1), FIRST, EARLY).element(1, 3, FIRST);
      harness.side(given.view, List.of(2), FIRST, ON_TIME).element(1, 3, FIRST);
      harness.side(given.view, List.of(1), FIRST, EARLY).element(1, 3, FIRST);
      assertEquals(List.of("1=1", "1=2", "1=2"), harness.values());
    }
  }

  @Test
  void readsEachWindowOfAnElement() throws Exception {
    Singleton given = Singleton.windowed();
    try (ParDoHarness harness = ParDoHarness.open(given.pipeline, "fn")) {
      harness.side(given.view, List.of(1), FIRST, ONLY).element(5, 3, FIRST, SECOND);
      assertEquals(List.of("5=1"), harness.values());
      harness.side(given.view, List.of(2), SECOND, ONLY);
      assertEquals(List.of("5=1", "5=2"), harness.values());
      assertEquals(List.of(SECOND), List.copyOf(harness.outputs.get(1).windows()));
    }
  }

  @Test
  void letsGoOfWindowsThatNothingCanMapTo() throws Exception {
    Singleton given = Singleton.windowed();
    try (ParDoHarness harness = ParDoHarness.open(given.pipeline, "fn")) {
      harness.side(given.view, List.of(1), FIRST, ONLY).side(given.view, List.of(2), SECOND, ONLY);
      harness.watermark(9);
      assertEquals(2, harness.sideState.entryCount());
      harness.sideWatermark(given.view, 30).watermark(10);
      assertEquals(1, harness.sideState.entryCount());
      harness.element(5, 3, FIRST);
      assertEquals(List.of(), harness.values(), "a wrong default must not be read");
      harness.watermark(ParDoHarness.END_MS);
      assertEquals(0, harness.sideState.entryCount());
    }
  }

  /** Keeps what it reads, to tell one object from another. */
  static final class Keeping extends DoFn<Integer, String> {
    private static final List<Object> READ = new ArrayList<>();
    private final PCollectionView<?> view;

    Keeping(PCollectionView<?> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      READ.add(c.sideInput(view));
    }
  }

  @Test
  void tasksShareTheViewsOfTheSamePane() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Map<String, Integer>> view =
        pipeline.apply("side", Create.of(KV.of("a", 1))).apply(View.asMap());
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Keeping(view)).withSideInputs(view));
    SharedSideInputs shared = new SharedSideInputs();
    Keeping.READ.clear();
    try (ParDoHarness one = ParDoHarness.open(pipeline, "fn", shared);
        ParDoHarness two = ParDoHarness.open(pipeline, "fn", shared)) {
      one.side(view, List.of(KV.of("a", 1)), GlobalWindow.INSTANCE, EARLY).element(1, 0);
      two.side(view, List.of(KV.of("a", 1)), GlobalWindow.INSTANCE, EARLY).element(1, 0);
      assertSame(Keeping.READ.get(0), Keeping.READ.get(1));
      one.side(view, List.of(KV.of("a", 2)), GlobalWindow.INSTANCE, ON_TIME).element(1, 0);
      two.element(1, 0);
      assertNotSame(Keeping.READ.get(1), Keeping.READ.get(2), "one has a newer pane");
      assertSame(Keeping.READ.get(1), Keeping.READ.get(3), "two has not seen it yet");
      assertEquals(2, shared.size());
      two.side(view, List.of(KV.of("a", 2)), GlobalWindow.INSTANCE, ON_TIME).element(1, 0);
      assertSame(Keeping.READ.get(2), Keeping.READ.get(4));
      assertEquals(1, shared.size());
    }
  }

  @Test
  void sharedPanesGoWithTheLastTaskThatNeedsThem() throws Exception {
    Singleton given = Singleton.windowed();
    SharedSideInputs shared = new SharedSideInputs();
    try (ParDoHarness one = ParDoHarness.open(given.pipeline, "fn", shared);
        ParDoHarness two = ParDoHarness.open(given.pipeline, "fn", shared)) {
      one.side(given.view, List.of(1), FIRST, ONLY);
      two.side(given.view, List.of(1), FIRST, ONLY);
      one.watermark(10);
      assertEquals(1, shared.size());
      two.watermark(10);
      assertEquals(0, shared.size());
    }
  }

  @Test
  void worksThroughWhatWaitedInSlices() throws Exception {
    Singleton given = Singleton.windowed();
    try (ParDoHarness harness = ParDoHarness.open(given.pipeline, "fn")) {
      for (int i = 0; i < 7; i++) {
        harness.element(i, i, i % 2 == 0 ? FIRST : SECOND);
      }
      harness.watermark(30);
      harness.sideInputs.receive(
          ParDoHarness.exchangeOf(given.view), List.of(1), List.of(FIRST), ONLY);
      harness.bundle(() -> assertEquals(3, harness.operator.fireTimers(3)));
      assertEquals(List.of("0=1", "2=1"), harness.values());
      harness.element(8, 8, FIRST).element(9, 9, SECOND).fire();
      assertEquals(List.of("0=1", "2=1", "8=1", "4=1", "6=1"), harness.values());
      assertEquals(1, harness.operator.outputWatermarkMs());
      harness.side(given.view, List.of(2), SECOND, ONLY);
      assertEquals(
          List.of("0=1", "2=1", "8=1", "4=1", "6=1", "1=2", "9=2", "3=2", "5=2"), harness.values());
      assertEquals(30, harness.operator.outputWatermarkMs());
      assertEquals(0, harness.entries());
    }
  }

  @Test
  void readsMapsByTheMeaningOfTheirKeys() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Map<String, Integer>> view =
        pipeline.apply("side", Create.of(KV.of("a", 1))).apply(View.asMap());
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Reading(view)).withSideInputs(view));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness
          .side(view, List.of(KV.of("a", 1), KV.of("b", 2)), GlobalWindow.INSTANCE, ONLY)
          .element(1, 0);
      assertTrue(harness.values().get(0).toString().contains("b=2"), harness.values().toString());
    }
  }

  @Test
  void readsListsAndIterables() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Iterable<Integer>> view =
        pipeline.apply("side", Create.empty(VarIntCoder.of())).apply(View.asIterable());
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Reading(view)).withSideInputs(view));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.sideWatermark(view, ParDoHarness.END_MS).element(1, 0);
      assertEquals(List.of("1=[]"), harness.values());
      harness.side(view, List.of(1, 2), GlobalWindow.INSTANCE, ONLY).element(2, 0);
      assertEquals(List.of("1=[]", "2=[1, 2]"), harness.values());
    }
  }

  /** A side input of all that came since the last pane, whenever something comes. */
  private static <T> PCollection<T> changing(Pipeline pipeline, T value) {
    return pipeline
        .apply("side", Create.of(value))
        .apply(
            Window.<T>into(new GlobalWindows())
                .triggering(Repeatedly.forever(AfterProcessingTime.pastFirstElementInPane()))
                .discardingFiredPanes());
  }

  private static List<?> readOf(Pipeline pipeline, PCollectionView<?> view, List<?> pane)
      throws Exception {
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Reading(view)).withSideInputs(view));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      return harness.side(view, pane, GlobalWindow.INSTANCE, EARLY).element(1, 0).values();
    }
  }

  @Test
  void ofValuesThatCameTogetherASingletonIsTheNewest() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Integer> view = changing(pipeline, 1).apply(View.asSingleton());
    assertEquals(List.of("1=9"), readOf(pipeline, view, List.of(7, 8, 9)));
  }

  @Test
  void ofSumsThatCameTogetherTheViewIsTheNewest() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Integer> view =
        changing(pipeline, 1).apply(Combine.globally(Sum.ofIntegers()).asSingletonView());
    assertEquals(List.of("1=9"), readOf(pipeline, view, List.of(7, 8, 9)));
  }

  @Test
  void ofValuesOfAKeyThatCameTogetherAMapHoldsTheNewest() throws Exception {
    List<KV<String, Integer>> pane = List.of(KV.of("a", 1), KV.of("b", 2), KV.of("a", 3));
    for (View.AsMap<String, Integer> map :
        List.of(View.<String, Integer>asMap(), View.<String, Integer>asMap().inMemory())) {
      Pipeline pipeline = ParDoHarness.pipeline();
      PCollectionView<Map<String, Integer>> view =
          changing(pipeline, KV.of("a", 1)).apply("map", map);
      String read = readOf(pipeline, view, pane).toString();
      assertTrue(read.contains("a=3") && read.contains("b=2"), read);
    }
  }

  @Test
  void anEmptyPaneAtTheEndTakesNothingFromTheNewest() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Integer> view = changing(pipeline, 1).apply(View.asSingleton());
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Reading(view)).withSideInputs(view));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.side(view, List.of(7), GlobalWindow.INSTANCE, EARLY);
      harness.side(view, List.of(), GlobalWindow.INSTANCE, ON_TIME).element(1, 0);
      assertEquals(List.of("1=7"), harness.values());
    }
    Pipeline listing = ParDoHarness.pipeline();
    PCollectionView<Iterable<Integer>> all = changing(listing, 1).apply(View.asIterable());
    listing.apply(Create.of(1)).apply("fn", ParDo.of(new Reading(all)).withSideInputs(all));
    try (ParDoHarness harness = ParDoHarness.open(listing, "fn")) {
      harness.side(all, List.of(7), GlobalWindow.INSTANCE, EARLY);
      harness.side(all, List.of(), GlobalWindow.INSTANCE, ON_TIME).element(1, 0);
      assertEquals(List.of("1=[]"), harness.values());
    }
  }

  @Test
  void viewsWithRoomForAllHaveAllThatCameTogether() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Iterable<Integer>> view = changing(pipeline, 1).apply(View.asIterable());
    assertEquals(List.of("1=[7, 8, 9]"), readOf(pipeline, view, List.of(7, 8, 9)));
  }

  @Test
  void aSecondValueAtTheEndOfAWindowIsTheUsersMistake() throws Exception {
    Singleton given = Singleton.windowed();
    try (ParDoHarness harness = ParDoHarness.open(given.pipeline, "fn")) {
      harness.side(given.view, List.of(1, 2), FIRST, ONLY);
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element(1, 3, FIRST));
      assertInstanceOf(IllegalArgumentException.class, failure.getCause());
    }
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Map<String, Integer>> map =
        pipeline.apply("side", Create.of(KV.of("a", 1))).apply(View.asMap());
    assertThrows(
        TransformException.class,
        () -> readOf(pipeline, map, List.of(KV.of("a", 1), KV.of("a", 2))));
  }

  @Test
  void anEmptySingletonIsTheUsersMistake() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Integer> view =
        pipeline.apply("side", Create.empty(VarIntCoder.of())).apply(View.asSingleton());
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Reading(view)).withSideInputs(view));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.sideWatermark(view, ParDoHarness.END_MS);
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element(1, 0));
      assertInstanceOf(NoSuchElementException.class, failure.getCause());
    }
  }

  @Test
  void refusesAnUndeclaredView() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Integer> view = pipeline.apply("side", Create.of(1)).apply(View.asSingleton());
    pipeline.apply(Create.of(1)).apply("fn", ParDo.of(new Reading(view)));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element(1, 0));
      assertTrue(
          failure.getMessage().contains("calling sideInput() with unknown view"),
          failure.getMessage());
    }
  }

  /** Names its side input by a parameter. */
  static final class ByParameter extends DoFn<Integer, String> {
    @ProcessElement
    public void process(
        @Element Integer element, @SideInput("side") Integer side, OutputReceiver<String> out) {
      out.output(element + "=" + side);
    }
  }

  @Test
  void givesSideInputsAsParameters() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    PCollectionView<Integer> view = pipeline.apply("side", Create.of(1)).apply(View.asSingleton());
    pipeline
        .apply(Create.of(1))
        .apply("fn", ParDo.of(new ByParameter()).withSideInput("side", view));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.side(view, List.of(9), GlobalWindow.INSTANCE, ONLY).element(4, 0);
      assertEquals(List.of("4=9"), harness.values());
    }
  }
}
