package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.grouping.GroupingDriver.Out;
import java.util.List;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** The combine of a singleton view that takes the value that arrived last. */
class NewestTest {
  private static final Repeatedly BY_CLOCK =
      Repeatedly.forever(AfterProcessingTime.pastFirstElementInPane());

  private static Window<Long> global() {
    return Window.<Long>into(new GlobalWindows()).triggering(BY_CLOCK);
  }

  private static GroupingSubject subject(Window<Long> window) {
    return GroupingSubject.singleton(VarLongCoder.of(), window, View.asSingleton());
  }

  private static KV<Void, Long> value(long value) {
    return KV.of(null, value);
  }

  private static List<Object> values(GroupingDriver driver) {
    return driver.take().stream().map(Out::value).toList();
  }

  @Test
  void isTheLastOfThoseThatCameTogether() {
    try (GroupingDriver driver = subject(global().discardingFiredPanes()).newest()) {
      driver.element(value(1), 5).clock(1);
      assertThat(values(driver)).containsExactly(1L);
      driver.element(value(2), 9).element(value(3), 8).element(value(4), 7).clock(2);
      assertThat(values(driver)).as("by arrival, not by timestamp").containsExactly(4L);
      driver.element(value(5), 6).clock(3);
      assertThat(values(driver)).containsExactly(5L);
    }
  }

  @Test
  void isStillTheSameWhenItsInputEnds() {
    try (GroupingDriver driver = subject(global().discardingFiredPanes()).newest()) {
      driver.element(value(1), 5).clock(1);
      assertThat(values(driver)).containsExactly(1L);
      assertThat(values(driver.end())).isEmpty();
    }
    try (GroupingDriver driver = subject(global().discardingFiredPanes()).newest()) {
      driver.element(value(1), 5).end();
      assertThat(values(driver)).as("without a pane before").containsExactly(1L);
    }
  }

  @Test
  void isTheLastOfAllWherePanesAccumulate() {
    try (GroupingDriver driver = subject(global().accumulatingFiredPanes()).newest()) {
      driver.element(value(1), 5).element(value(2), 5).clock(1);
      driver.element(value(3), 5).clock(2);
      assertThat(values(driver)).containsExactly(2L, 3L);
    }
  }

  @Test
  void isOfOneWindow() {
    Window<Long> tens =
        Window.<Long>into(FixedWindows.of(Duration.millis(10)))
            .triggering(
                AfterWatermark.pastEndOfWindow().withEarlyFirings(AfterPane.elementCountAtLeast(2)))
            .withAllowedLateness(Duration.ZERO)
            .accumulatingFiredPanes();
    try (GroupingDriver driver = subject(tens).newest()) {
      driver.element(value(1), 5).element(value(2), 15).element(value(3), 4);
      assertThat(values(driver)).containsExactly(3L);
      driver.watermark(20);
      assertThat(values(driver)).containsExactlyInAnyOrder(3L, 2L);
    }
  }

  @Test
  void nothingIsWhatTheFunctionInItsPlaceMakesOfIt() {
    GroupingSubject withDefault =
        GroupingSubject.singleton(
            VarLongCoder.of(),
            global().discardingFiredPanes(),
            View.<Long>asSingleton().withDefaultValue(7L));
    assertThat(extracted(withDefault)).isEqualTo(7L);
    assertThatThrownBy(() -> extracted(subject(global().discardingFiredPanes())))
        .hasMessageContaining("Empty PCollection accessed as a singleton view");
  }

  private static Object extracted(GroupingSubject subject) {
    Object[] result = new Object[1];
    new GroupingDriver(
            subject,
            (context, output) -> {
              Combine<Object, Object, Object> newest = Combine.of(context).newest();
              result[0] = newest.fn().extractOutput(newest.fn().createAccumulator());
              return GroupingOperators.create(context, subject.groupByKeyNode(), output);
            })
        .close();
    return result[0];
  }

  @Test
  void withoutItASecondValueIsRefused() {
    try (GroupingDriver driver = subject(global().discardingFiredPanes()).generalCombine()) {
      driver.element(value(1), 5);
      assertThatThrownBy(() -> driver.element(value(2), 5))
          .hasMessageContaining("more than one element accessed as a singleton view");
    }
  }
}
