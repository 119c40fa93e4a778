package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Barrier;
import dev.sluice.translation.Exchange;
import dev.sluice.worker.exchange.InputGate;
import dev.sluice.worker.record.Batch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A task that is asked how far it is, and one that asks. */
class SynchronizationTest {
  private static final long NOW_MS = 1_000;

  @Test
  void answersBehindWhatHadComeBeforeTheQuestion() {
    TaskHarness harness = TaskHarness.reading("in");
    harness.send("in", "x");
    harness.consumer.ask();
    harness.run();

    harness.consumer.take(harness);
    assertThat(harness.out).containsExactly("x");
    assertThat(harness.consumer.answered()).isFalse();
    harness.drain();
    assertThat(harness.consumer.answered()).isTrue();
  }

  @Test
  void firesWhatIsDueBeforeItAnswers() {
    TaskHarness harness = TaskHarness.reading("in");
    harness.run();
    harness.first.timersMs.add(5L);
    harness.watermark("in", 10);
    harness.consumer.ask();
    while (!harness.log.contains("A fires 5")) {
      harness.task.step();
      harness.drain();
      assertThat(harness.consumer.answered()).isFalse();
    }
    harness.run();
    harness.drain();

    assertThat(harness.consumer.answered()).isTrue();
    assertThat(harness.consumer.watermarkMs()).isEqualTo(10);
  }

  @Test
  void waitsForAWatermarkThatAProducerHasSentToOthersPerhaps() {
    TaskHarness harness = TaskHarness.reading("in");
    harness.run();
    harness.feed("in").watermark(10, false);
    harness.consumer.ask();
    harness.run();
    harness.drain();
    assertThat(harness.consumer.answered()).isFalse();
    assertThat(harness.task.wakeAtNanos()).as("the handshake wakes it").isEqualTo(Long.MAX_VALUE);

    int woken = harness.woken;
    assertThat(harness.feed("in").flush()).isTrue();
    assertThat(harness.woken).isGreaterThan(woken);
    harness.run();
    harness.drain();
    assertThat(harness.consumer.answered()).isTrue();
    assertThat(harness.consumer.watermarkMs()).isEqualTo(10);
  }

  @Test
  void asksWhenTheClockIsBeyondATimerAndGoesByTheTimeOfTheQuestion() {
    TaskHarness harness = TaskHarness.reading("in", "in2");
    harness.first.nextSynchronizedTimeMs = NOW_MS;
    harness.send("in", "x");
    harness.run();
    assertThat(harness.feed("in").asked()).isFalse();
    assertThat(harness.task.wakeAtNanos()).isEqualTo(1_000_000);

    harness.jobClock.moveTo(NOW_MS + 1);
    harness.run();
    assertThat(harness.feed("in").asked()).isTrue();
    assertThat(harness.task.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);

    harness.jobClock.moveTo(NOW_MS + 500);
    harness.feed("in").answer();
    harness.run();
    assertThat(harness.log).doesNotContain("A synchronized 1001");
    harness.feed("in2").end();
    harness.run();
    assertThat(harness.log).contains("A synchronized 1001");
  }

  @Test
  void leavesTimeBetweenTwoQuestions() {
    TaskHarness harness = TaskHarness.reading("in");
    harness.first.nextSynchronizedTimeMs = NOW_MS - 1;
    harness.send("in", "x");
    harness.run();
    assertThat(harness.feed("in").asked()).isTrue();
    harness.first.nextSynchronizedTimeMs = NOW_MS;
    harness.jobClock.moveTo(NOW_MS + 1);
    harness.feed("in").answer();
    harness.run();

    assertThat(harness.feed("in").asked()).isFalse();
    assertThat(harness.task.wakeAtNanos()).isEqualTo(9_000_000);
    harness.jobClock.moveTo(NOW_MS + 10);
    harness.run();
    assertThat(harness.feed("in").asked()).isTrue();
  }

  @Test
  void whatHasWaitedForTheLastAnswerComesBeforeWhatIsBehindIt() {
    TaskHarness harness = TaskHarness.reading("in");
    harness.first.nextSynchronizedTimeMs = NOW_MS - 1;
    harness.send("in", "x");
    harness.run();
    assertThat(harness.feed("in").asked()).isTrue();
    harness.feed("in").answer();
    harness.send("in", "y");
    harness.run();

    assertThat(harness.log).containsSubsequence("A x", "A synchronized 1000", "A y");
  }

  @Test
  void whatHadWaitedAtTheCheckpointWaitsForNobodyAfterARestore() {
    TaskHarness harness = TaskHarness.restoredAt(7);
    harness.first.nextSynchronizedTimeMs = NOW_MS - 1;
    harness.send("in", "x");
    harness.run();

    assertThat(harness.log).containsSubsequence("A synchronized 1000", "A x");
    assertThat(harness.feed("in").asked()).isFalse();
  }

  @Test
  void aWatermarkThatCameBeforeABarrierIsSentOnBeforeIt() {
    TaskHarness harness = TaskHarness.reading("in");
    harness.run();
    harness.watermark("in", 10);
    harness.feed("in").barrier(1, Barrier.SAVE);
    harness.run();

    List<Long> watermarks = new ArrayList<>();
    InputGate.Consumer atBarrier = new Taker(() -> watermarks.add(harness.consumer.watermarkMs()));
    while (harness.consumer.take(atBarrier) >= 0) {
      // the watermark at the barrier is what counts
    }
    assertThat(watermarks).containsExactly(10L);
  }

  private record Taker(Runnable atBarrier) implements InputGate.Consumer {
    @Override
    public void batch(Exchange exchange, Batch batch) {}

    @Override
    public void sideBatch(Exchange exchange, Batch batch) {}

    @Override
    public void barrier(long checkpoint, Barrier barrier) {
      atBarrier.run();
    }
  }

  @Test
  void aClockMovedByHandIsEvenEverywhere() {
    TaskHarness harness = TaskHarness.underManualClock(false);
    harness.first.nextSynchronizedTimeMs = NOW_MS - 1;
    harness.send("in", "x");
    harness.run();

    assertThat(harness.feed("in").asked()).isFalse();
    assertThat(harness.log).contains("A synchronized 1000");
  }
}
