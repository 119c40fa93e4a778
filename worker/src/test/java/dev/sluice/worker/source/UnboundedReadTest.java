package dev.sluice.worker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.stage.SourceOperator.Polled;
import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.watermark.Activity;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnboundedReadTest {
  private final Feed one = new Feed(false);
  private final Feed two = new Feed(false);

  private static void says(Feed feed, long watermarkMs, String... records) {
    feed.script().records.addAll(List.of(records));
    feed.script().watermark = new Instant(watermarkMs);
  }

  private static void ends(Feed feed) {
    feed.script().watermark = BoundedWindow.TIMESTAMP_MAX_VALUE;
  }

  @Test
  void marksAreFinalizedOnlyByTheCompletionAndStandForARestart() throws Exception {
    SourceHarness read = new SourceHarness(one).open();
    says(one, 1, "a", "b", "c");
    read.poll(2);
    read.operator.barrier(1);
    assertThat(one.script().finalized).isEmpty();

    SourceHarness restarted = read.restart();
    restarted.poll(10);
    assertThat(restarted.emitted).containsExactly("c");

    read.callbacks.get(0).onBundleSuccess();
    assertThat(one.script().finalized).containsExactly(2);
  }

  @Test
  void aReaderThatWasNeverAskedKeepsTheMarkItWasMadeFrom() throws Exception {
    SourceHarness read = new SourceHarness(one).open();
    says(one, 1, "a", "b");
    read.poll(1);
    read.operator.barrier(1);
    SourceHarness restarted = read.restart();
    restarted.operator.barrier(2);
    assertThat(restarted.callbacks).isEmpty();

    SourceHarness again = restarted.restart();
    again.poll(10);
    assertThat(again.emitted).containsExactly("b");
  }

  @Test
  void theWatermarkIsTheLeastOfTheSplitsAndNeverGoesBack() throws Exception {
    SourceHarness read = new SourceHarness(one, two).open();
    assertThat(read.operator.outputWatermarkMs())
        .isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());
    says(one, 10, "a");
    says(two, 20, "b");
    read.poll(10);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(10);
    says(one, 5);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(10);
    says(one, 30);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(20);
  }

  @Test
  void aBusySplitDoesNotStarveTheOther() throws Exception {
    SourceHarness read = new SourceHarness(one, two).open();
    says(one, 1, "a", "a", "a", "a");
    says(two, 1, "b", "b");
    read.poll(2);
    read.poll(2);
    assertThat(read.emitted).containsExactly("a", "a", "b", "b");
  }

  @Test
  void aSilentSplitHoldsTheWatermarkForEverWithoutTheOption() throws Exception {
    SourceHarness read = new SourceHarness(one, two).open();
    says(one, 100, "a");
    says(two, 10);
    read.poll(10);
    read.clock.moveTo(100_000_000);
    read.poll(10);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(10);
  }

  @Test
  void aSilentSplitLetsGoOfTheWatermarkAndHoldsItAgainWhenItSpeaks() throws Exception {
    SourceHarness read = new SourceHarness(one, two);
    read.options.setIdleSplitTimeoutMs(1_000);
    read.open();
    says(one, 100, "a");
    says(two, 10);
    read.poll(10);
    read.clock.moveTo(1_000_999);
    says(one, 110, "a");
    read.poll(10);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(10);

    read.clock.moveTo(1_001_100);
    says(one, 120, "a");
    read.poll(10);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(120);
    assertThat(read.operator.activity(Activity.ENDED)).isEqualTo(Activity.ACTIVE);

    read.clock.moveTo(1_001_200);
    says(two, 50, "late");
    says(one, 130, "a");
    read.poll(10);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(120);
    says(two, 125, "b");
    read.poll(10);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(125);
  }

  @Test
  void aSplitWhoseOwnWatermarkAdvancesIsNotSilent() throws Exception {
    SourceHarness read = new SourceHarness(one, two);
    read.options.setIdleSplitTimeoutMs(1_000);
    read.open();
    says(one, 100, "a");
    says(two, 10);
    read.poll(10);
    for (int second = 1; second < 5; second++) {
      read.clock.moveTo(1_000_000 + second * 900);
      says(one, 100 + second, "a");
      says(two, 10 + second);
      read.poll(10);
      assertThat(read.operator.outputWatermarkMs()).isEqualTo(10 + second);
    }
  }

  @Test
  void whoHasHadNoRecordsIsAskedLessOftenWhileOthersHaveSome() throws Exception {
    SourceHarness read = new SourceHarness(one, two).open();
    says(one, 1, "a");
    read.poll(10);
    int asked = two.script().asked;
    for (int i = 0; i < 100; i++) {
      says(one, 1, "a");
      read.poll(10);
    }
    assertThat(two.script().asked).as("the clock stands still").isEqualTo(asked);

    read.clock.moveTo(1_000_100);
    says(one, 1, "a");
    says(two, 1, "b");
    read.poll(10);
    assertThat(read.emitted).contains("b");
  }

  @Test
  void aPauseEndsAlthoughTheClockStands() throws Exception {
    SourceHarness read = new SourceHarness(one, two).open();
    says(one, 1, "a");
    read.poll(10);
    says(two, 1, "b");
    for (int i = 0; i < 1_001; i++) {
      says(one, 1, "a");
      read.poll(10);
    }
    assertThat(read.emitted).contains("b");
  }

  @Test
  void whenAllAreSilentTheWatermarkStays() throws Exception {
    SourceHarness read = new SourceHarness(one, two);
    read.options.setIdleSplitTimeoutMs(1_000);
    read.open();
    says(one, 20, "a");
    says(two, 10, "b");
    read.poll(10);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(10);
    read.poll(10);
    assertThat(read.operator.activity(Activity.ENDED)).isEqualTo(Activity.ACTIVE);
    read.clock.moveTo(2_000_000);
    read.poll(10);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(10);
    assertThat(read.operator.activity(Activity.ENDED)).isEqualTo(Activity.IDLE);

    says(one, 30);
    read.poll(10);
    assertThat(read.operator.activity(Activity.ENDED)).isEqualTo(Activity.ACTIVE);
    assertThat(read.operator.outputWatermarkMs()).as("the other is silent").isEqualTo(30);
  }

  @Test
  void aDrainedReadIsNotIdle() throws Exception {
    SourceHarness read = new SourceHarness(one);
    read.options.setIdleSplitTimeoutMs(1_000);
    read.open();
    read.poll(10);
    read.clock.moveTo(2_000_000);
    read.poll(10);
    assertThat(read.operator.activity(Activity.ENDED)).isEqualTo(Activity.IDLE);
    read.operator.drain();
    assertThat(read.operator.activity(Activity.ENDED)).isEqualTo(Activity.ENDED);
  }

  @Test
  void timeInWhichNobodyAskedIsNotSilence() throws Exception {
    SourceHarness read = new SourceHarness(one, two);
    read.options.setIdleSplitTimeoutMs(1_000);
    read.open();
    says(one, 100, "a");
    says(two, 10);
    read.poll(10);
    read.clock.moveTo(9_000_000);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(10);
  }

  @Test
  void endsWhenEverySplitHas() throws Exception {
    SourceHarness read = new SourceHarness(one, two).open();
    says(one, 1, "a");
    says(two, 1, "b");
    ends(one);
    assertThat(read.poll(10)).isEqualTo(Polled.RECORDS);
    assertThat(read.poll(10)).isEqualTo(Polled.IDLE);
    assertThat(read.operator.nextProcessingTimeMs()).isGreaterThan(read.clock.nowMs());
    ends(two);
    assertThat(read.poll(10)).isEqualTo(Polled.ENDED);
    assertThat(read.emitted).containsExactly("a", "b");
  }

  @Test
  void aSilentSplitIsNotGivenUpBecauseTheOthersHaveEnded() throws Exception {
    SourceHarness read = new SourceHarness(one, two);
    read.options.setIdleSplitTimeoutMs(1_000);
    read.open();
    says(two, 10);
    read.poll(10);
    read.clock.moveTo(2_000_000);
    says(one, 5, "last");
    ends(one);
    read.poll(10);
    assertThat(read.poll(10)).isEqualTo(Polled.IDLE);
    says(two, 20, "still here");
    assertThat(read.poll(10)).isEqualTo(Polled.RECORDS);
    assertThat(read.operator.outputWatermarkMs()).isEqualTo(20);
  }

  @Test
  void aTaskWithoutSplitsEndsAtOnce() throws Exception {
    SourceHarness read = new SourceHarness(one).asTask(1, 2).open();
    assertThat(read.poll(10)).isEqualTo(Polled.ENDED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void aRecordIdIsDroppedForTenMinutesAndThenForgotten(int parallelism) throws Exception {
    Feed feed = new Feed(true);
    SourceHarness read = new SourceHarness(feed).asTask(0, parallelism).open();
    for (int i = 0; i < 100; i++) {
      says(feed, 1, "id" + i);
    }
    read.poll(1_000);
    assertThat(read.emitted).hasSize(100);

    read.clock.moveTo(1_000_000 + 599_999);
    says(feed, 1, "id7", "new", "new");
    read.poll(1_000);
    assertThat(read.emitted).hasSize(101).endsWith("new");

    read.clock.moveTo(1_000_000 + 600_000);
    says(feed, 1, "id7", "id7", "new");
    read.poll(1_000);
    assertThat(read.emitted).hasSize(102).endsWith("id7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"advance", "watermark", "finalize", "close"})
  void whatTheReaderThrowsNamesTheTransform(String call) throws Exception {
    SourceHarness read = new SourceHarness(one, two).open();
    says(one, 1, "a");
    read.poll(1);
    one.script().failsAt = call;

    assertThatThrownBy(
            () -> {
              read.poll(10);
              read.poll(10);
              read.operator.outputWatermarkMs();
              read.operator.barrier(1);
              for (var callback : read.callbacks) {
                callback.onBundleSuccess();
              }
              read.operator.close();
            })
        .isInstanceOf(TransformException.class)
        .hasMessageContaining("My/Read")
        .hasMessageContaining("scripted failure at " + call);
    if (call.equals("close")) {
      assertThat(two.script().closed).isTrue();
    }
  }
}
