package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Barrier;
import dev.sluice.protocol.FailureKind;
import dev.sluice.worker.watermark.Activity;
import dev.sluice.worker.world.Step;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskTest {
  private static final long MAX = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private static long count(List<String> log, String line) {
    return log.stream().filter(line::equals).count();
  }

  @Test
  void aBundleEndsWhenInputPausesAndTheWatermarkFollowsIt() {
    TaskHarness t = TaskHarness.reading("in");
    t.send("in", "x", "y");
    t.watermark("in", 5);

    assertThat(t.run()).isEqualTo(Step.NEEDS_INPUT);
    assertThat(t.log)
        .containsSubsequence("A.open", "B.open", "A.start", "B.start", "A x", "B x", "A y", "B y")
        .containsSubsequence("B y", "A.finish", "B.finish", "A watermark 5", "B watermark 5");
    assertThat(t.drain()).containsExactly("x", "y");
    assertThat(t.consumer.watermarkMs()).isEqualTo(5);
  }

  @Test
  void whatIsIdleIsToldDownstreamAndWhatIsNotIdleAnyMoreToo() {
    TaskHarness t = TaskHarness.reading("in");
    t.watermark("in", 5);
    t.run();
    t.drain();
    assertThat(t.consumer.watermarkMs()).isEqualTo(5);
    assertThat(t.consumer.activity()).isEqualTo(Activity.ACTIVE);

    t.idle("in");
    t.run();
    t.drain();
    assertThat(t.consumer.watermarkMs()).isEqualTo(5);
    assertThat(t.consumer.activity()).isEqualTo(Activity.IDLE);

    t.send("in", "x");
    t.run();
    t.drain();
    t.consumer.watermarkMs();
    assertThat(t.consumer.activity()).isEqualTo(Activity.ACTIVE);
  }

  @Test
  void oneIdleInputOfTwoHoldsNobody() {
    TaskHarness t = TaskHarness.reading("in", "in2");
    t.watermark("in", 5);
    t.watermark("in2", 50);
    t.idle("in");
    t.run();
    t.drain();
    assertThat(t.log).contains("A watermark 50");
    assertThat(t.consumer.watermarkMs()).isEqualTo(50);
    assertThat(t.consumer.activity()).isEqualTo(Activity.ACTIVE);
  }

  @Test
  void anOperatorThatHoldsSomethingIsNotIdleWithItsInput() {
    TaskHarness t = TaskHarness.reading("in");
    t.first.activity = Activity.ACTIVE;
    t.watermark("in", 5);
    t.idle("in");
    t.run();
    t.drain();
    assertThat(t.consumer.watermarkMs()).isEqualTo(5);
    assertThat(t.consumer.activity()).isEqualTo(Activity.ACTIVE);
  }

  @Test
  void aSourceThatBecomesIdleSaysSoOnce() {
    TaskHarness t = TaskHarness.source();
    t.sourceOperator().activity = Activity.ACTIVE;
    t.run();
    t.sourceOperator().activity = Activity.IDLE;
    t.run();
    t.drain();
    t.consumer.watermarkMs();
    assertThat(t.consumer.activity()).isEqualTo(Activity.IDLE);
    long received = t.consumer.received();
    t.run();
    t.run();
    t.drain();
    assertThat(t.consumer.received()).isEqualTo(received);
  }

  @Test
  void afterARestoreTheWatermarkOfBeforeIsSeenFirst() {
    TaskHarness t = TaskHarness.restoredAt(7);
    t.send("in", "x");
    t.run();
    assertThat(t.log).containsSubsequence("A.open", "A watermark 7", "A.start", "A x");
  }

  @Test
  void aSourceThatHasNothingBeginsNoBundle() {
    TaskHarness t = TaskHarness.source();
    t.sourceOperator().ended = true;
    t.run();
    assertThat(t.log).doesNotContain("A.start", "A.finish");
  }

  @Test
  void noWatermarkPassesWhileABundleIsOpen() {
    TaskHarness t = TaskHarness.reading("in");
    t.steps(1);
    t.send("in", "x");
    t.watermark("in", 5);
    t.steps(2);

    assertThat(t.log).contains("A x").doesNotContain("A watermark 5", "A.finish");
    t.drain();
    assertThat(t.consumer.watermarkMs()).isLessThan(5);

    t.run();
    t.drain();
    assertThat(t.consumer.watermarkMs()).isEqualTo(5);
  }

  @Test
  void aBundleEndsAtAThousandRecords() {
    TaskHarness t = TaskHarness.reading("in");
    t.steps(1);
    for (int batch = 0; batch < 4; batch++) {
      for (int i = 0; i < 500; i++) {
        t.feed("in").receive("x", 0, TaskHarness.GLOBAL, null);
      }
      t.feed("in").flush();
    }
    t.run();

    assertThat(count(t.log, "A.finish")).isEqualTo(2);
  }

  @Test
  void aBundleEndsAfterTenMilliseconds() {
    TaskHarness t = TaskHarness.reading("in");
    t.steps(1);
    t.send("in", "x");
    t.steps(1);
    t.nanos += 10_000_000;
    t.send("in", "y");
    t.send("in", "z");
    t.steps(1);
    assertThat(t.log).endsWith("B y", "A.finish", "B.finish");
  }

  @Test
  void dueTimersFireInABundleOfTheirOwnBeforeNewInput() {
    TaskHarness t = TaskHarness.reading("in");
    t.first.timersMs.add(3L);
    t.send("in", "x");
    t.watermark("in", 5);
    t.steps(1 + 2 + 1);
    t.send("in", "y");
    t.run();

    assertThat(t.log)
        .containsSubsequence(
            "A x",
            "A.finish",
            "A watermark 5",
            "A.start",
            "A fires 3",
            "A.finish",
            "A.start",
            "A y");
  }

  @Test
  void theEndOfInputEndsTheTaskAndItsConsumersInput() {
    TaskHarness t = TaskHarness.reading("in");
    t.send("in", "x");
    t.feed("in").end();

    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.drain()).containsExactly("x");
    assertThat(t.consumer.allEnded()).isTrue();
    assertThat(t.log).containsSubsequence("A watermark " + MAX, "A.close", "B.close", "finished");
    assertThat(count(t.log, "finished")).isOne();
    assertThat(t.counters.sent()).isEqualTo(t.consumer.received());
  }

  @Test
  void theEndOfASourceEndsTheTask() {
    TaskHarness t = TaskHarness.source();
    t.sourceOperator().elements.addAll(List.of("x", "y"));
    t.sourceOperator().ended = true;
    t.sourceOperator().holdSource(MAX);

    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.drain()).containsExactly("x", "y");
    assertThat(t.consumer.allEnded()).isTrue();
    assertThat(count(t.log, "A.start")).isEqualTo(count(t.log, "A.finish"));
  }

  @Test
  void pendingWorkKeepsATaskAliveBehindTheEndOfItsInput() {
    TaskHarness t = TaskHarness.reading("in");
    t.first.pending = true;
    t.feed("in").end();

    assertThat(t.run()).isEqualTo(Step.NEEDS_TIMER);
    t.first.pending = false;
    assertThat(t.run()).isEqualTo(Step.FINISHED);
  }

  @Test
  void userCodeThatEmitsMoreThanFitsRestsAndLosesNothing() {
    TaskHarness t = TaskHarness.reading("in");
    t.atRest = t::drain;
    t.second.copies = 100_000;
    t.send("in", "x");
    t.run();

    assertThat(t.rests).isPositive();
    assertThat(t.drain()).hasSize(100_000);
  }

  @Test
  void aStopUnwindsUserCodeThatWaitsForRoom() {
    TaskHarness t = TaskHarness.reading("in");
    t.atRest = () -> t.task.post(new TaskMessage.Stop());
    t.second.copies = 100_000;
    t.send("in", "x");

    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.rests).isOne();
    assertThat(t.failures).isEmpty();
    assertThat(t.log).endsWith("A.close", "B.close");
  }

  @Test
  void aConsumerWithoutRoomStopsTheReadingOfInput() {
    TaskHarness t = TaskHarness.reading("in");
    t.run();
    for (int i = 0; i < 40; i++) {
      t.send("in", "x");
      Step step = t.run();
      if (step == Step.NEEDS_OUTPUT) {
        break;
      }
      assertThat(i).isLessThan(30);
    }
    t.send("in", "y");
    assertThat(t.run()).isEqualTo(Step.NEEDS_OUTPUT);
    assertThat(t.log).doesNotContain("A y");
    t.drain();
    t.run();
    assertThat(t.drain()).endsWith("x", "y");
  }

  @ParameterizedTest
  @ValueSource(strings = {".open", ".start", "x", ".finish", ".barrier", ".close"})
  void aFailureIsReportedOnceAndClosesEveryOperator(String call) {
    TaskHarness t = TaskHarness.reading("in");
    t.first.failsAt = call;
    t.second.failsAt = ".close";
    t.send("in", "x");
    t.feed("in").barrier(1, Barrier.SAVE);
    t.feed("in").end();

    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.failures).hasSize(1);
    assertThat(t.failures.get(0).cause()).hasMessage("scripted failure at " + call);
    assertThat(t.failures.get(0).kind()).isEqualTo(FailureKind.ENGINE_BUG);
    assertThat(count(t.log, "A.close")).isOne();
    assertThat(count(t.log, "B.close")).isEqualTo(call.equals(".open") ? 0 : 1);
  }

  @Test
  void aFailureAfterAStopIsNotReported() {
    TaskHarness t = TaskHarness.reading("in");
    t.run();
    t.first.failsAt = ".close";
    t.task.post(new TaskMessage.Stop());

    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.failures).isEmpty();
    assertThat(t.log).contains("B.close");
  }

  @Test
  void aBarrierEndsTheBundleAndComesBehindItsOutput() {
    TaskHarness t = TaskHarness.reading("in");
    t.steps(1);
    t.send("in", "x");
    t.feed("in").barrier(7, Barrier.SAVE);
    t.send("in", "y");
    t.run();

    assertThat(t.log)
        .containsSubsequence("A x", "B.finish", "A.barrier", "B.barrier", "acknowledged 7", "A y");
    assertThat(t.drain()).containsExactly("x", "barrier 7", "y");
  }

  @Test
  void aSourcePassesEveryTriggeredBarrierInItsTurn() {
    TaskHarness t = TaskHarness.source();
    t.sourceOperator().elements.add("x");
    t.run();
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    t.task.post(new TaskMessage.TriggerCheckpoint(2, Barrier.SAVE));
    t.sourceOperator().elements.add("y");
    t.run();

    assertThat(t.drain()).containsExactly("x", "barrier 1", "barrier 2", "y");
    assertThat(t.log).containsSubsequence("acknowledged 1", "acknowledged 2");
  }

  @Test
  void aTaskThatWaitsForItsTimersBehindTheEndOfInputPassesATriggeredBarrier() {
    TaskHarness t = TaskHarness.reading("in");
    t.first.pending = true;
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    t.run();
    assertThat(t.log).doesNotContain("acknowledged 1");
    t.feed("in").end();
    t.run();

    assertThat(t.log).contains("acknowledged 1");
    assertThat(t.drain()).containsExactly("barrier 1");
  }

  @Test
  void aBarrierThatCameThroughTheChannelsIsNotPassedTwice() {
    TaskHarness t = TaskHarness.reading("in");
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    t.feed("in").barrier(1, Barrier.SAVE);
    t.feed("in").end();
    t.run();

    assertThat(count(t.log, "acknowledged 1")).isOne();
    assertThat(t.drain()).containsExactly("barrier 1");
  }

  @Test
  void aSourceWithSideInputsPassesTheBarrierTheyBring() {
    TaskHarness t = TaskHarness.source("s1", "s2");
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    t.run();
    assertThat(t.log).doesNotContain("acknowledged 1");

    t.feed("s1").barrier(1, Barrier.SAVE);
    t.sourceOperator().elements.add("x");
    assertThat(t.run()).isEqualTo(Step.NEEDS_BARRIER);
    t.feed("s2").end();
    t.run();

    assertThat(count(t.log, "acknowledged 1")).isOne();
    assertThat(t.drain()).containsExactlyInAnyOrder("x", "barrier 1");

    t.feed("s1").end();
    t.run();
    t.task.post(new TaskMessage.TriggerCheckpoint(2, Barrier.SAVE));
    t.run();
    assertThat(t.drain()).endsWith("barrier 2");
  }

  @Test
  void callbacksRunOnceAfterACheckpointWhoseBarrierCameAfterThem() {
    TaskHarness t = TaskHarness.source();
    List<String> ran = new ArrayList<>();
    t.run();
    t.services.afterCheckpoint(() -> ran.add("before"));
    t.first.atBarrier = () -> t.services.afterCheckpoint(() -> ran.add("at"));
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    t.run();
    t.first.atBarrier = () -> {};
    t.services.afterCheckpoint(() -> ran.add("after"));
    assertThat(ran).isEmpty();

    t.task.post(new TaskMessage.CompleteCheckpoint(1));
    t.task.post(new TaskMessage.CompleteCheckpoint(1));
    t.run();
    assertThat(ran).containsExactly("before", "at");
    assertThat(t.log).contains("released 1");

    t.task.post(new TaskMessage.TriggerCheckpoint(2, Barrier.SAVE));
    t.task.post(new TaskMessage.TriggerCheckpoint(3, Barrier.SAVE));
    t.task.post(new TaskMessage.CompleteCheckpoint(3));
    t.run();
    t.task.post(new TaskMessage.CompleteCheckpoint(3));
    t.run();
    assertThat(ran).containsExactly("before", "at", "after");
  }

  @Test
  void aFinishedTaskLivesOnUntilNothingWaitsForACheckpoint() {
    TaskHarness t = TaskHarness.source();
    t.run();
    t.services.afterCheckpoint(() -> t.log.add("ran"));
    t.sourceOperator().ended = true;
    assertThat(t.run()).isEqualTo(Step.NEEDS_TIMER);
    assertThat(t.log).contains("finished").doesNotContain("A.close");

    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    assertThat(t.run()).isEqualTo(Step.NEEDS_TIMER);
    assertThat(t.log).contains("acknowledged 1");
    assertThat(t.drain()).isEmpty();

    t.task.post(new TaskMessage.CompleteCheckpoint(1));
    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.log).containsSubsequence("ran", "A.close", "released 1");
    assertThat(count(t.log, "A.close")).isOne();
  }

  @Test
  void aTaskWhoseOperatorsCannotBeClosedHasNotFinished() {
    TaskHarness t = TaskHarness.reading("in");
    t.second.failsAt = ".close";
    t.feed("in").end();

    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.failures).hasSize(1);
    assertThat(t.log).contains("A.close", "failed").doesNotContain("finished");
    assertThat(count(t.log, "B.close")).isOne();
  }

  @Test
  void aTaskThatWaitedForACheckpointAndCannotBeClosedHasNotReleasedIt() {
    TaskHarness t = TaskHarness.source();
    t.second.failsAt = ".close";
    t.run();
    t.services.afterCheckpoint(() -> t.log.add("ran"));
    t.sourceOperator().ended = true;
    t.run();
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    t.run();
    t.task.post(new TaskMessage.CompleteCheckpoint(1));

    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.log).containsSubsequence("finished", "ran", "failed").doesNotContain("released 1");
  }

  @Test
  void operatorsThatAreClosedSeeNoBarrierAndNoDrain() {
    TaskHarness t = TaskHarness.source();
    t.run();
    t.sourceOperator().ended = true;
    while (!t.log.contains("finished")) {
      t.task.step();
    }
    List<String> log = List.copyOf(t.log);
    t.task.post(new TaskMessage.Drain());
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));

    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.log.subList(log.size(), t.log.size())).containsExactly("acknowledged 1");
  }

  @Test
  void aProbeIsAnsweredOnceAndOnlyWhenThereIsNothingToDo() {
    TaskHarness t = TaskHarness.reading("in");
    t.send("in", "x");
    t.task.post(new TaskMessage.Probe(1));
    t.steps(2);
    assertThat(t.log).doesNotContain("quiet 1");
    t.run();
    t.run();
    assertThat(count(t.log, "quiet 1")).isOne();
    t.drain();
    assertThat(t.counters.sent()).isEqualTo(t.consumer.received());

    long steps = t.counters.steps();
    t.task.post(new TaskMessage.Probe(2));
    t.run();
    assertThat(t.counters.steps()).isEqualTo(steps);
  }

  @Test
  void wakesForTheNextTimerOfARunningClock() {
    TaskHarness t = TaskHarness.reading("in");
    assertThat(t.task.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);
    t.run();
    assertThat(t.task.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);
    t.first.nextProcessingTimeMs = 1_250;
    assertThat(t.task.wakeAtNanos()).isEqualTo(250_000_000L);
    t.first.nextProcessingTimeMs = Long.MIN_VALUE;
    assertThat(t.task.wakeAtNanos()).isEqualTo(100_000L);
    t.first.nextProcessingTimeMs = Long.MAX_VALUE - 1;
    assertThat(t.task.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aClockThatIsMovedByHandWakesOnlySources() {
    TaskHarness reading = TaskHarness.underManualClock(false);
    reading.run();
    reading.first.nextProcessingTimeMs = 1_250;
    assertThat(reading.task.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);

    TaskHarness source = TaskHarness.underManualClock(true);
    source.run();
    source.first.nextProcessingTimeMs = 1_001;
    assertThat(source.task.wakeAtNanos()).isEqualTo(1_000_000L);
  }
}
