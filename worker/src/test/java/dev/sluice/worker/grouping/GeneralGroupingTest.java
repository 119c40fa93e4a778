package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.grouping.GroupingDriver.Out;
import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.watermark.Activity;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterSynchronizedProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** What each kind of windowing, trigger and lateness makes of a few elements. */
class GeneralGroupingTest {
  private static final Coder<String> STRING = StringUtf8Coder.of();
  private static final Coder<Long> LONG = VarLongCoder.of();

  private static <T> Window<T> tens() {
    return Window.into(FixedWindows.of(Duration.millis(10)));
  }

  private static IntervalWindow window(long startMs, long endMs) {
    return new IntervalWindow(Instant.ofEpochMilli(startMs), Instant.ofEpochMilli(endMs));
  }

  private static GroupingDriver groupByKey(Window<KV<String, Long>> window) {
    return GroupingSubject.groupByKey(STRING, LONG, window).generalGroupByKey();
  }

  private static GroupingDriver sum(Window<KV<String, Long>> window) {
    return GroupingSubject.combine(STRING, LONG, window, Sum.ofLongs()).generalCombine();
  }

  @Test
  void aWindowFiresOnceWhenTheWatermarkHasPassedIt() {
    try (GroupingDriver driver = groupByKey(tens())) {
      driver.element(KV.of("a", 1L), 3).element(KV.of("b", 2L), 4).element(KV.of("a", 3L), 5);
      driver.watermark(9);
      assertThat(driver.take()).isEmpty();
      assertThat(driver.operator().activity(Activity.IDLE)).isEqualTo(Activity.ACTIVE);
      assertThat(driver.outputWatermarkMs()).isEqualTo(9);

      driver.watermark(10);
      assertThat(driver.take())
          .containsExactlyInAnyOrder(
              new Out("a", List.of(1L, 3L), 9, window(0, 10), PaneInfo.ON_TIME_AND_ONLY_FIRING),
              new Out("b", List.of(2L), 9, window(0, 10), PaneInfo.ON_TIME_AND_ONLY_FIRING));
      assertThat(driver.outputWatermarkMs()).isEqualTo(10);
      assertThat(driver.operator().activity(Activity.IDLE)).isEqualTo(Activity.IDLE);
      assertThat(driver.entryCount()).isZero();

      driver.element(KV.of("a", 4L), 9);
      assertThat(driver.droppedDueToLateness()).isEqualTo(1);
      assertThat(driver.entryCount()).isZero();
    }
  }

  @Test
  void theWatermarkIsHeldAtTheEndOfTheFirstWindow() {
    try (GroupingDriver driver = groupByKey(tens())) {
      driver.element(KV.of("a", 1L), 25).watermark(20);
      assertThat(driver.outputWatermarkMs()).isEqualTo(20);
      driver.element(KV.of("b", 1L), 22);
      driver.watermark(29);
      assertThat(driver.outputWatermarkMs()).isEqualTo(29);
    }
  }

  @Test
  void sessionsMerge() {
    Window<KV<String, Long>> window =
        Window.<KV<String, Long>>into(Sessions.withGapDuration(Duration.millis(10)))
            .withTimestampCombiner(TimestampCombiner.EARLIEST);
    try (GroupingDriver driver = sum(window)) {
      driver.element(KV.of("a", 1L), 0).element(KV.of("a", 2L), 15).element(KV.of("b", 5L), 7);
      driver.element(KV.of("a", 4L), 8).end();
      assertThat(driver.take())
          .containsExactlyInAnyOrder(
              new Out("a", 7L, 0, window(0, 25), PaneInfo.ON_TIME_AND_ONLY_FIRING),
              new Out("b", 5L, 7, window(7, 17), PaneInfo.ON_TIME_AND_ONLY_FIRING));
      assertThat(driver.entryCount()).isZero();
    }
  }

  @Test
  void aTimerOfAWindowThatWasMergedAwayLeavesTheMergedOneAlone() {
    Window<KV<String, Long>> window =
        Window.<KV<String, Long>>into(Sessions.withGapDuration(Duration.millis(10)))
            .triggering(
                AfterWatermark.pastEndOfWindow()
                    .withLateFirings(
                        AfterProcessingTime.pastFirstElementInPane()
                            .plusDelayOf(Duration.millis(5))))
            .withAllowedLateness(Duration.millis(20))
            .discardingFiredPanes()
            .withTimestampCombiner(TimestampCombiner.EARLIEST);
    try (GroupingDriver driver = sum(window)) {
      // The merged session's state stays where that of the first was, whose timer stays as well.
      driver.element(KV.of("a", 1L), 0).element(KV.of("a", 2L), 8);
      driver.watermark(12).clock(100);
      driver.element(KV.of("a", 4L), 15).element(KV.of("a", 8L), 24).element(KV.of("a", 16L), 33);
      // The first session would have expired at 29.
      driver.watermark(35);
      assertThat(driver.outputWatermarkMs()).isZero();
      driver.watermark(43);
      assertThat(driver.take())
          .containsExactly(new Out("a", 31L, 0, window(0, 43), pane(Timing.ON_TIME, 0, 0)));
      driver.end().clock(200);
      assertThat(driver.take()).isEmpty();
      assertThat(driver.entryCount()).isZero();
    }
  }

  @Test
  void whatWasMergedByAGroupingIsNotMergedAgain() {
    GroupingSubject subject =
        GroupingSubject.regrouped(
            STRING, LONG, Window.into(Sessions.withGapDuration(Duration.millis(10))));
    try (GroupingDriver driver = subject.generalGroupByKey()) {
      driver.elementIn(KV.of("a", List.of(1L)), 5, List.of(window(0, 20)));
      driver.elementIn(KV.of("a", List.of(2L)), 15, List.of(window(10, 30)));
      driver.end();
      assertThat(driver.take())
          .extracting(Out::window)
          .containsExactlyInAnyOrder(window(0, 20), window(10, 30));
    }
  }

  private static Window<KV<String, Long>> earlyAndLate() {
    return GeneralGroupingTest.<KV<String, Long>>tens()
        .triggering(
            AfterWatermark.pastEndOfWindow()
                .withEarlyFirings(AfterPane.elementCountAtLeast(2))
                .withLateFirings(AfterPane.elementCountAtLeast(1)))
        .withAllowedLateness(Duration.millis(100));
  }

  private static void playEarlyAndLate(GroupingDriver driver) {
    driver.element(KV.of("a", 1L), 1).element(KV.of("a", 2L), 2).element(KV.of("a", 4L), 3);
    driver.watermark(10).element(KV.of("a", 8L), 4).watermark(109).element(KV.of("a", 16L), 5);
    driver.watermark(110).element(KV.of("a", 32L), 6).end();
  }

  @Test
  void panesAccumulate() {
    try (GroupingDriver driver = sum(earlyAndLate().accumulatingFiredPanes())) {
      playEarlyAndLate(driver);
      assertThat(driver.take())
          .containsExactly(
              new Out("a", 3L, 9, window(0, 10), pane(Timing.EARLY, 0, -1)),
              new Out("a", 7L, 9, window(0, 10), pane(Timing.ON_TIME, 1, 0)),
              new Out("a", 15L, 9, window(0, 10), pane(Timing.LATE, 2, 1)),
              new Out("a", 31L, 9, window(0, 10), pane(Timing.LATE, 3, 2)));
      assertThat(driver.droppedDueToLateness()).isEqualTo(1);
      assertThat(driver.entryCount()).isZero();
    }
  }

  @Test
  void panesDiscard() {
    try (GroupingDriver driver = sum(earlyAndLate().discardingFiredPanes())) {
      playEarlyAndLate(driver);
      assertThat(driver.take()).extracting(Out::value).containsExactly(3L, 4L, 8L, 16L);
      assertThat(driver.entryCount()).isZero();
    }
  }

  private static PaneInfo pane(Timing timing, long index, long onTimeIndex) {
    return PaneInfo.createPane(index == 0, false, timing, index, onTimeIndex);
  }

  @Test
  void emptyPanesFireOnceWhereAskedFor() {
    Window<KV<String, Long>> window =
        GeneralGroupingTest.<KV<String, Long>>tens()
            .triggering(
                AfterWatermark.pastEndOfWindow()
                    .withEarlyFirings(AfterPane.elementCountAtLeast(1))
                    .withLateFirings(AfterPane.elementCountAtLeast(1)))
            .withAllowedLateness(Duration.millis(100), Window.ClosingBehavior.FIRE_ALWAYS)
            .withOnTimeBehavior(Window.OnTimeBehavior.FIRE_ALWAYS)
            .discardingFiredPanes();
    try (GroupingDriver driver = groupByKey(window)) {
      driver.element(KV.of("a", 1L), 1).watermark(50).end();
      assertThat(driver.take())
          .containsExactly(
              new Out("a", List.of(1L), 9, window(0, 10), pane(Timing.EARLY, 0, -1)),
              new Out("a", List.of(), 9, window(0, 10), pane(Timing.ON_TIME, 1, 0)),
              new Out(
                  "a",
                  List.of(),
                  9,
                  window(0, 10),
                  PaneInfo.createPane(false, true, Timing.LATE, 2, 1)));
      assertThat(driver.entryCount()).isZero();
    }
  }

  @Test
  void aJumpOverEndAndExpiryFiresOnePane() {
    Window<KV<String, Long>> window =
        GeneralGroupingTest.<KV<String, Long>>tens()
            .triggering(Repeatedly.forever(AfterWatermark.pastEndOfWindow()))
            .withAllowedLateness(Duration.millis(100), Window.ClosingBehavior.FIRE_ALWAYS)
            .withOnTimeBehavior(Window.OnTimeBehavior.FIRE_ALWAYS)
            .accumulatingFiredPanes();
    try (GroupingDriver driver = groupByKey(window)) {
      driver.element(KV.of("a", 1L), 1).end();
      assertThat(driver.take())
          .containsExactly(
              new Out("a", List.of(1L), 9, window(0, 10), PaneInfo.ON_TIME_AND_ONLY_FIRING));
      assertThat(driver.entryCount()).isZero();
    }
  }

  @Test
  void theClockFiresAndTheEndOfInputDoesNotWaitForIt() {
    Window<KV<String, Long>> window =
        Window.<KV<String, Long>>into(new GlobalWindows())
            .triggering(
                Repeatedly.forever(
                    AfterProcessingTime.pastFirstElementInPane().plusDelayOf(Duration.millis(100))))
            .withAllowedLateness(Duration.ZERO)
            .discardingFiredPanes();
    try (GroupingDriver driver = sum(window)) {
      driver.clock(1_000).element(KV.of("a", 1L), 5).element(KV.of("a", 2L), 6);
      assertThat(driver.nextProcessingTimeMs()).isEqualTo(1_101);
      driver.clock(1_100);
      assertThat(driver.take()).isEmpty();
      driver.clock(1_101);
      assertThat(driver.take()).extracting(Out::value).containsExactly(3L);

      driver.element(KV.of("a", 4L), 7).end();
      assertThat(driver.take()).extracting(Out::value).containsExactly(4L);
      assertThat(driver.operator().hasPendingWork()).isFalse();
      driver.clock(10_000);
      assertThat(driver.take()).isEmpty();
      assertThat(driver.entryCount()).isZero();
    }
  }

  @Test
  void anElementIsInAllItsWindowsThatAreNotExpired() {
    Window<KV<String, Long>> window =
        Window.into(SlidingWindows.of(Duration.millis(10)).every(Duration.millis(5)));
    try (GroupingDriver driver = groupByKey(window)) {
      driver.watermark(12).element(KV.of("a", 1L), 7).end();
      assertThat(driver.take()).extracting(Out::window).containsExactly(window(5, 15));
      assertThat(driver.droppedDueToLateness()).isEqualTo(1);
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void anIterableStaysWhatItWas() {
    Window<KV<String, Long>> window = earlyAndLate().accumulatingFiredPanes();
    try (GroupingDriver driver = groupByKey(window)) {
      playEarlyAndLate(driver);
      List<List<Long>> contents = new ArrayList<>();
      for (int pass = 0; pass < 2; pass++) {
        for (Object value : driver.raw()) {
          List<Long> content = new ArrayList<>();
          ((KV<String, Iterable<Long>>) value).getValue().forEach(content::add);
          contents.add(content);
        }
      }
      assertThat(contents.subList(0, 2)).containsExactly(List.of(1L, 2L), List.of(1L, 2L, 4L));
      assertThat(contents.subList(0, 4)).isEqualTo(contents.subList(4, 8));
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void anIterableMayBeLargerThanItsShareOfTheHeap() {
    GroupingSubject subject =
        GroupingSubject.groupByKey(STRING, LONG, GeneralGroupingTest.<KV<String, Long>>tens());
    for (GroupingDriver driver : List.of(subject.generalGroupByKey(), subject.chosenGroupByKey())) {
      try (driver) {
        List<KV<Object, Long>> bundle = new ArrayList<>();
        for (long i = 0; i < 60_000; i++) {
          bundle.add(KV.of(KV.of("a", i), 3L));
        }
        driver.bundle(bundle).end();
        Iterable<Long> values = ((KV<String, Iterable<Long>>) driver.raw().get(0)).getValue();
        assertThat(driver.spilledBytes()).isPositive();
        assertThat(driver.entryCount()).isZero();
        for (int pass = 0; pass < 2; pass++) {
          long next = 0;
          for (long value : values) {
            assertThat(value).isEqualTo(next++);
          }
          assertThat(next).isEqualTo(60_000);
        }
      }
    }
  }

  @Test
  void aSideInputsPanesAreAllOfItsElements() {
    GroupingSubject subject =
        GroupingSubject.groupByKey(STRING, LONG, earlyAndLate().accumulatingFiredPanes());
    try (GroupingDriver driver = subject.collectView()) {
      driver.element(KV.of("a", 1L), 1).element(KV.of("b", 2L), 2).watermark(10);
      driver.element(KV.of("c", 3L), 3).end();
      assertThat(driver.take())
          .containsExactly(
              new Out(
                  null,
                  List.of(KV.of("a", 1L), KV.of("b", 2L)),
                  9,
                  window(0, 10),
                  pane(Timing.EARLY, 0, -1)),
              new Out(
                  null,
                  List.of(KV.of("a", 1L), KV.of("b", 2L)),
                  9,
                  window(0, 10),
                  pane(Timing.ON_TIME, 1, 0)),
              new Out(
                  null,
                  List.of(KV.of("a", 1L), KV.of("b", 2L), KV.of("c", 3L)),
                  9,
                  window(0, 10),
                  pane(Timing.LATE, 2, 1)));
    }
  }

  @Test
  void aSideInputWaitsForNoTaskUpstreamAndAGroupByKeyDoes() {
    GroupingSubject subject =
        GroupingSubject.groupByKey(
            STRING,
            LONG,
            GeneralGroupingTest.<KV<String, Long>>tens()
                .triggering(Repeatedly.forever(AfterSynchronizedProcessingTime.ofFirstElement()))
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes());
    try (GroupingDriver view = subject.collectView();
        GroupingDriver grouped = subject.chosenGroupByKey()) {
      for (GroupingDriver driver : List.of(view, grouped)) {
        driver.clockHere(100).element(KV.of("a", 1L), 1).clockHere(110);
        assertThat(driver.take()).isEmpty();
        driver.clockHere(111);
      }
      assertThat(view.take())
          .containsExactly(
              new Out(null, List.of(KV.of("a", 1L)), 9, window(0, 10), pane(Timing.EARLY, 0, -1)));
      view.element(KV.of("b", 2L), 1);
      assertThat(view.nextProcessingTimeMs()).isEqualTo(122);
      assertThat(view.operator().nextSynchronizedTimeMs()).isEqualTo(Long.MAX_VALUE);

      assertThat(grouped.take()).isEmpty();
      assertThat(grouped.operator().nextSynchronizedTimeMs()).isEqualTo(100);
      assertThat(grouped.nextProcessingTimeMs()).isEqualTo(Long.MAX_VALUE);
      assertThat(grouped.clock(111).take()).hasSize(1);
    }
  }

  @Test
  void aFunctionThatThrowsIsNamedByItsTransform() {
    SerializableFunction<Iterable<Long>, Long> throwing =
        values -> {
          throw new IllegalStateException("from the user");
        };
    GroupingSubject subject =
        GroupingSubject.combine(
            STRING,
            LONG,
            GeneralGroupingTest.<KV<String, Long>>tens(),
            org.apache.beam.sdk.transforms.Combine.IterableCombineFn.of(throwing));
    for (GroupingDriver driver :
        List.of(subject.generalCombine(), subject.chosenCombine(), subject.liftedCombine())) {
      try (driver) {
        driver.element(KV.of("a", 1L), 1);
        assertThatThrownBy(driver::end)
            .isInstanceOf(TransformException.class)
            .hasMessageContaining("'group'")
            .hasRootCauseInstanceOf(IllegalStateException.class)
            .hasRootCauseMessage("from the user");
      }
    }
  }

  @Test
  void whatIsThrownDownstreamPassesAsItIs() {
    GroupingSubject subject =
        GroupingSubject.combine(
            STRING, LONG, GeneralGroupingTest.<KV<String, Long>>tens(), Sum.ofLongs());
    IllegalStateException thrown = new IllegalStateException("not the fault of this transform");
    for (GroupingDriver driver : List.of(subject.generalCombine(), subject.chosenCombine())) {
      try (driver) {
        driver.element(KV.of("a", 1L), 1).failOnOutput(thrown);
        assertThatThrownBy(driver::end).isSameAs(thrown);
      }
    }
  }

  @Test
  void aDefaultTriggerFiresEachLateElement() {
    Window<KV<String, Long>> window =
        GeneralGroupingTest.<KV<String, Long>>tens()
            .triggering(DefaultTrigger.of())
            .withAllowedLateness(Duration.millis(5))
            .discardingFiredPanes();
    try (GroupingDriver driver = sum(window)) {
      driver.element(KV.of("a", 1L), 1).watermark(12).element(KV.of("a", 2L), 2);
      driver.watermark(15).element(KV.of("a", 4L), 2);
      assertThat(driver.take()).extracting(Out::value).containsExactly(1L, 2L);
      assertThat(driver.droppedDueToLateness()).isEqualTo(1);
    }
  }
}
