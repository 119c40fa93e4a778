package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.windowing.AfterAll;
import org.apache.beam.sdk.transforms.windowing.AfterEach;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterSynchronizedProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Trigger.OnceTrigger;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which triggers may fire before the end of their window. */
class EarlyFiringsTest {
  private static final OnceTrigger CLOCK = AfterProcessingTime.pastFirstElementInPane();
  private static final OnceTrigger COUNT = AfterPane.elementCountAtLeast(3);
  private static final OnceTrigger END = AfterWatermark.pastEndOfWindow();

  static Stream<Trigger> early() {
    return Stream.of(
        CLOCK,
        COUNT,
        AfterSynchronizedProcessingTime.ofFirstElement(),
        Repeatedly.forever(CLOCK),
        Repeatedly.forever(AfterFirst.of(END, COUNT)),
        Repeatedly.forever(AfterAll.of(CLOCK, COUNT)),
        Repeatedly.forever(COUNT).orFinally(END),
        Repeatedly.forever(END).orFinally(COUNT),
        AfterEach.inOrder(COUNT, END),
        AfterWatermark.pastEndOfWindow().withEarlyFirings(COUNT));
  }

  @ParameterizedTest
  @MethodSource("early")
  void aTriggerThatCountsOrGoesByTheClockMay(Trigger trigger) {
    assertThat(EarlyFirings.possible(TriggerTranslation.toProto(trigger))).isTrue();
    assertThat(EarlyFirings.possible(TriggerTranslation.toProto(trigger.getContinuationTrigger())))
        .as("behind a grouping")
        .isTrue();
  }

  static Stream<Trigger> atTheEnd() {
    return Stream.of(
        DefaultTrigger.of(),
        Never.ever(),
        END,
        Repeatedly.forever(END),
        Repeatedly.forever(AfterAll.of(END, COUNT)),
        AfterEach.inOrder(END, COUNT),
        AfterWatermark.pastEndOfWindow().withLateFirings(COUNT),
        Repeatedly.forever(END).orFinally(Never.ever()));
  }

  @ParameterizedTest
  @MethodSource("atTheEnd")
  void aTriggerThatWaitsForTheEndMayNot(Trigger trigger) {
    assertThat(EarlyFirings.possible(TriggerTranslation.toProto(trigger))).isFalse();
  }

  @Test
  void oneThatIsAlwaysReadyMay() {
    RunnerApi.Trigger always =
        RunnerApi.Trigger.newBuilder()
            .setAlways(RunnerApi.Trigger.Always.getDefaultInstance())
            .build();
    assertThat(EarlyFirings.possible(always)).isTrue();
    assertThat(EarlyFirings.possible(RunnerApi.Trigger.getDefaultInstance())).isFalse();
  }
}
