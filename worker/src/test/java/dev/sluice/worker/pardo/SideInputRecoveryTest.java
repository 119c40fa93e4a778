package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What tasks read of side inputs after a restore, when those that shared a stage had come further
 * or less far.
 */
class SideInputRecoveryTest {
  private static final IntervalWindow FIRST = new IntervalWindow(new Instant(0), new Instant(10));
  private static final IntervalWindow SECOND = new IntervalWindow(new Instant(10), new Instant(20));
  private static final PaneInfo EARLY =
      PaneInfo.createPane(true, false, PaneInfo.Timing.EARLY, 0, -1);
  private static final PaneInfo ONLY = PaneInfo.ON_TIME_AND_ONLY_FIRING;

  /** Says what the side input is, three times, a millisecond apart; its time goes by steps. */
  static final class Lasting extends HandTimed {
    private final long stepMs;

    Lasting(long stepMs) {
      this.stepMs = stepMs;
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Integer element,
        @SideInput("side") Integer side,
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> estimator,
        OutputReceiver<String> out) {
      if (!tracker.tryClaim(tracker.currentRestriction().getFrom())) {
        return ProcessContinuation.stop();
      }
      out.output(element + "=" + side);
      estimator.setWatermark(estimator.currentWatermark().plus(Duration.millis(stepMs)));
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(1));
    }
  }

  /** Says what the side input is. */
  static final class Plain extends DoFn<Integer, String> {
    @ProcessElement
    public void process(
        @Element Integer element, @SideInput("side") Integer side, OutputReceiver<String> out) {
      out.output(element + "=" + side);
    }
  }

  /** A pipeline of a DoFn with one side input, in windows of 10 ms on both sides. */
  private record Given(Pipeline pipeline, PCollectionView<Integer> view) {
    static Given of(DoFn<Integer, String> fn) {
      Pipeline pipeline = ParDoHarness.pipeline();
      PCollectionView<Integer> view =
          pipeline
              .apply("side", Create.of(1))
              .apply("sw", Window.into(FixedWindows.of(Duration.millis(10))))
              .apply(View.<Integer>asSingleton().withDefaultValue(-1));
      pipeline
          .apply(Create.of(1))
          .apply("mw", Window.into(FixedWindows.of(Duration.millis(10))))
          .apply("fn", ParDo.of(fn).withSideInput("side", view));
      return new Given(pipeline, view);
    }

    KeptStage stage() {
      return new KeptStage(pipeline, "fn");
    }

    /** What all tasks of a stage are told of the side input: a pane, and that no more comes. */
    void side(List<ParDoHarness> tasks, int value, IntervalWindow window) {
      for (ParDoHarness task : tasks) {
        task.side(view, List.of(value), window, ONLY);
      }
    }

    void sideEnds(List<ParDoHarness> tasks) {
      tasks.forEach(task -> task.sideWatermark(view, ParDoHarness.END_MS));
    }
  }

  private static List<Object> values(List<ParDoHarness> tasks) {
    return tasks.stream().flatMap(task -> task.values().stream()).toList();
  }

  /** Goes on for so long that every residual is done. */
  private static void finish(List<ParDoHarness> tasks) {
    for (int ms = 0; ms < 5; ms++) {
      tasks.forEach(task -> task.clock(task.clock.nowMs() + 1));
    }
    for (ParDoHarness task : tasks) {
      assertFalse(task.operator.hasPendingWork());
      task.watermark(ParDoHarness.END_MS);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aResidualReadsWhatItReadBefore(int tasksAfter) throws Exception {
    Given given = Given.of(new Lasting(0));
    try (KeptStage stage = given.stage()) {
      List<ParDoHarness> tasks = stage.start(2);
      given.side(tasks, 7, FIRST);
      given.sideEnds(tasks);
      tasks.get(0).watermark(ParDoHarness.END_MS);
      tasks.get(1).element(1, 3, FIRST).fire().watermark(ParDoHarness.END_MS);
      assertEquals(List.of("1=7"), values(tasks));
      stage.checkpoint();
      tasks = stage.start(tasksAfter);
      finish(tasks);
      assertEquals(List.of("1=7", "1=7"), values(tasks));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anElementThatComesAfterTheRestoreReadsWhatOthersNeedNoMore(int tasksAfter) throws Exception {
    Given given = Given.of(new Plain());
    try (KeptStage stage = given.stage()) {
      List<ParDoHarness> tasks = stage.start(2);
      given.side(tasks, 7, FIRST);
      given.sideEnds(tasks);
      tasks.get(0).watermark(ParDoHarness.END_MS);
      tasks.get(1).watermark(2);
      stage.checkpoint();
      tasks = stage.start(tasksAfter);
      tasks.get(tasksAfter - 1).element(1, 3, FIRST);
      assertEquals(List.of("1=7"), values(tasks));
    }
  }

  @Test
  void aPaneIsSavedThatComesWhenTheTaskThatSavesNeedsNoneAnyMore() throws Exception {
    Given given = Given.of(new Plain());
    try (KeptStage stage = given.stage()) {
      List<ParDoHarness> tasks = stage.start(2);
      tasks.get(0).watermark(ParDoHarness.END_MS);
      tasks.get(1).element(1, 3, FIRST).watermark(5);
      stage.checkpoint();
      given.side(tasks, 7, FIRST);
      stage.checkpoint();
      tasks = stage.start(2);
      tasks.get(1).element(2, 4, FIRST);
      assertEquals(List.of("2=7"), values(tasks));
    }
  }

  @Test
  void panesAreDeletedWhenAllTasksHavePassedABarrierWithoutNeedOfThem() throws Exception {
    Given given = Given.of(new Plain());
    try (KeptStage stage = given.stage()) {
      List<ParDoHarness> tasks = stage.start(2);
      given.side(tasks, 7, FIRST);
      given.side(tasks, 8, SECOND);
      tasks.get(0).watermark(10);
      stage.checkpoint();
      assertEquals(2, stage.savedPanes(), "the second task needs both");
      tasks.get(1).watermark(10);
      stage.checkpoint();
      stage.checkpoint();
      assertEquals(1, stage.savedPanes());
      tasks = stage.start(3);
      stage.checkpoint();
      assertEquals(1, stage.savedPanes());
      tasks.forEach(task -> task.watermark(ParDoHarness.END_MS));
      stage.checkpoint();
      stage.checkpoint();
      assertEquals(0, stage.savedPanes());
    }
  }

  @Test
  void anEarlierPaneDoesNotReplaceALaterOneThatIsSaved() throws Exception {
    Given given = Given.of(new Plain());
    try (KeptStage stage = given.stage()) {
      List<ParDoHarness> tasks = stage.start(2);
      PaneInfo late = PaneInfo.createPane(false, true, PaneInfo.Timing.ON_TIME, 1, 0);
      for (PaneInfo pane : List.of(late, EARLY)) {
        tasks.forEach(task -> task.side(given.view, List.of((int) pane.getIndex()), FIRST, pane));
        tasks.get(0).watermark(10);
      }
      stage.checkpoint();
      tasks = stage.start(2);
      tasks.get(1).element(1, 3, FIRST);
      assertEquals(List.of("1=1"), values(tasks));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aResidualReadsItsWindowThoughItsWatermarkIsBeyondIt(int tasksAfter) throws Exception {
    Given given = Given.of(new Lasting(50));
    try (KeptStage stage = given.stage()) {
      List<ParDoHarness> tasks = stage.start(1);
      given.side(tasks, 7, FIRST);
      given.sideEnds(tasks);
      ParDoHarness task = tasks.get(0);
      task.element(1, 3, FIRST).fire().watermark(ParDoHarness.END_MS);
      assertEquals(53, task.operator.outputWatermarkMs());
      task.clock(task.clock.nowMs() + 1);
      assertEquals(List.of("1=7", "1=7"), values(tasks));
      assertEquals(103, task.operator.outputWatermarkMs());
      stage.checkpoint();
      tasks = stage.start(tasksAfter);
      tasks.forEach(restored -> restored.watermark(ParDoHarness.END_MS));
      finish(tasks);
      assertEquals(List.of("1=7"), values(tasks));
      stage.checkpoint();
      stage.checkpoint();
      assertEquals(0, stage.savedPanes());
    }
  }

  /** The first version of a pipeline. */
  static final class Earlier {
    private Earlier() {}

    /** What {@link SideInputRecoveryTest.Lasting} was before it had a side input. */
    static final class Lasting extends HandTimed {
      @ProcessElement
      public ProcessContinuation process(RestrictionTracker<OffsetRange, Long> tracker) {
        return tracker.tryClaim(tracker.currentRestriction().getFrom())
            ? ProcessContinuation.resume()
            : ProcessContinuation.stop();
      }
    }
  }

  @Test
  void aResidualOfAPipelineWithoutTheSideInputWaitsForIt() throws Exception {
    Pipeline earlier = ParDoHarness.pipeline();
    earlier
        .apply(Create.of(1))
        .apply("mw", Window.into(FixedWindows.of(Duration.millis(10))))
        .apply("fn", ParDo.of(new Earlier.Lasting()));
    Given given = Given.of(new Lasting(0));
    try (KeptStage stage = new KeptStage(earlier, "fn")) {
      List<ParDoHarness> tasks = stage.start(1);
      tasks.get(0).element(1, 3, FIRST);
      tasks.get(0).bundle(() -> tasks.get(0).operator.fireTimers(1));
      stage.checkpoint();
      stage.upgrade(given.pipeline);
      ParDoHarness task = stage.start(1).get(0);
      task.fire().watermark(ParDoHarness.END_MS);
      assertEquals(List.of(), task.values());
      assertTrue(task.operator.hasPendingWork());
      assertEquals(3, task.operator.outputWatermarkMs());
      task.side(given.view, List.of(7), FIRST, ONLY);
      task.clock(task.operator.nextProcessingTimeMs());
      assertEquals(List.of("1=7"), task.values());
    }
  }
}
