package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.windowing.AfterAll;
import org.apache.beam.sdk.transforms.windowing.AfterEach;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.joda.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which triggers and windows let a Combine begin in front of its exchange. */
class CombinerLiftingTest {

  private static final AfterProcessingTime AFTER_A_SECOND =
      AfterProcessingTime.pastFirstElementInPane().plusDelayOf(Duration.standardSeconds(1));

  private static boolean lifted(Trigger trigger) {
    return CombinerLifting.allowedUnder(
        ProtoPipeline.windowing().setTrigger(TriggerTranslation.toProto(trigger)).build());
  }

  static Stream<Trigger> blindToSingleElements() {
    return Stream.of(
        DefaultTrigger.of(),
        Never.ever(),
        AFTER_A_SECOND,
        AfterWatermark.pastEndOfWindow(),
        AfterWatermark.pastEndOfWindow()
            .withEarlyFirings(AFTER_A_SECOND)
            .withLateFirings(AfterPane.elementCountAtLeast(1)),
        Repeatedly.forever(AFTER_A_SECOND),
        Repeatedly.forever(AfterPane.elementCountAtLeast(1)),
        Repeatedly.forever(AFTER_A_SECOND).orFinally(AfterWatermark.pastEndOfWindow()),
        AfterFirst.of(AFTER_A_SECOND, AfterPane.elementCountAtLeast(1)));
  }

  @ParameterizedTest
  @MethodSource("blindToSingleElements")
  void aTriggerThatDoesNotCountAllowsIt(Trigger trigger) {
    assertThat(lifted(trigger)).isTrue();
  }

  static Stream<Trigger> countingElements() {
    return Stream.of(
        AfterPane.elementCountAtLeast(2),
        AfterWatermark.pastEndOfWindow().withEarlyFirings(AfterPane.elementCountAtLeast(100)),
        AfterWatermark.pastEndOfWindow().withLateFirings(AfterPane.elementCountAtLeast(2)),
        AfterFirst.of(AFTER_A_SECOND, AfterPane.elementCountAtLeast(5)),
        AfterAll.of(AFTER_A_SECOND, AfterPane.elementCountAtLeast(5)),
        Repeatedly.forever(AFTER_A_SECOND).orFinally(AfterPane.elementCountAtLeast(7)),
        AfterEach.inOrder(AfterPane.elementCountAtLeast(1), AfterPane.elementCountAtLeast(1)));
  }

  @ParameterizedTest
  @MethodSource("countingElements")
  void aTriggerThatCountsForbidsIt(Trigger trigger) {
    assertThat(lifted(trigger)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(RunnerApi.MergeStatus.Enum.class)
  void onlyWindowsThatNeverMergeAllowIt(RunnerApi.MergeStatus.Enum status) {
    if (status != RunnerApi.MergeStatus.Enum.UNRECOGNIZED) {
      assertThat(
              CombinerLifting.allowedUnder(
                  ProtoPipeline.windowing().setMergeStatus(status).build()))
          .isEqualTo(status == RunnerApi.MergeStatus.Enum.NON_MERGING);
    }
  }
}
