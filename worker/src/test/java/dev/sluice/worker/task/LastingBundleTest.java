package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Barrier;
import dev.sluice.worker.stage.BundleLimits;
import dev.sluice.worker.world.Step;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.jupiter.api.Test;

/** What ends a bundle that outlasts its slices, and what goes on while it is open. */
class LastingBundleTest {
  private static final long MAX = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  private static final long MS = 1_000_000;

  private final TaskHarness t = TaskHarness.bundling(false, BundleLimits.SIZE);

  private static long count(List<String> log, String line) {
    return log.stream().filter(line::equals).count();
  }

  @Test
  void itEndsWithTheInputAndNotWhenThatPauses() {
    for (int pause = 0; pause < 5; pause++) {
      t.send("in", "x" + pause);
      assertThat(t.run()).isEqualTo(Step.NEEDS_INPUT);
      t.nanos += 60_000 * MS;
      assertThat(t.drain()).as("what came out is sent on").last().isEqualTo("x" + pause);
    }
    assertThat(count(t.log, "A.start")).isOne();
    assertThat(t.log).doesNotContain("A.finish");
    assertThat(count(t.log, "A.pause")).isEqualTo(5);
    assertThat(t.task.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);

    t.feed("in").end();
    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(count(t.log, "A.finish")).isOne();
  }

  @Test
  void slowInputIsSentOnWithoutAPause() {
    t.steps(1);
    t.send("in", "x");
    t.steps(1);
    t.nanos += 10 * MS;
    t.send("in", "y");
    t.send("in", "z");
    t.steps(1);
    assertThat(t.log)
        .as("what is kept to become less is sent on, too, where input is slow")
        .endsWith("A y", "B y", "A.pause", "B.pause")
        .doesNotContain("A.finish");
    assertThat(t.drain()).containsExactly("x", "y");
  }

  @Test
  void aWatermarkPassesAnOpenBundleThatKeepsNothing() {
    t.send("in", "x");
    t.watermark("in", 5);
    t.run();
    t.drain();
    assertThat(t.log).contains("B watermark 5").doesNotContain("A.finish");
    assertThat(t.consumer.watermarkMs()).isEqualTo(5);
  }

  @Test
  void aWatermarkWaitsForWhatABundleMayStillEmitButNotForLong() {
    t.first.emitsAtEnd = true;
    t.send("in", "x");
    t.run();
    t.watermark("in", 5);
    t.run();
    t.drain();
    assertThat(t.log).contains("A watermark 5").doesNotContain("B watermark 5", "A.finish");
    assertThat(t.consumer.watermarkMs()).isLessThan(5);
    assertThat(t.task.wakeAtNanos()).isEqualTo(1_000 * MS);

    t.nanos = 1_000 * MS;
    t.run();
    assertThat(t.log).containsSubsequence("A.finish", "B A at the end", "B watermark 5");
    assertThat(t.drain()).containsExactly("x", "A at the end");
    assertThat(t.consumer.watermarkMs()).isEqualTo(5);
  }

  @Test
  void theEndOfTimeEndsItAtOnce() {
    t.first.emitsAtEnd = true;
    t.send("in", "x");
    t.watermark("in", MAX);
    t.run();
    assertThat(t.drain()).containsExactly("x", "A at the end");
    assertThat(t.consumer.watermarkMs()).isEqualTo(MAX);
  }

  @Test
  void dueWorkEndsItAndFiresInABundleOfItsOwn() {
    t.first.timersMs.add(3L);
    t.send("in", "x");
    t.watermark("in", 5);
    t.run();
    t.send("in", "y");
    t.run();
    assertThat(t.log)
        .containsSubsequence(
            "A.start", "A x", "A watermark 5", "A.finish", "A.start", "A fires 3", "A.finish")
        .endsWith("A.start", "B.start", "A y", "B y", "A.pause", "B.pause");
  }

  @Test
  void aBundleOfManyTimersIsOne() {
    for (long timer = 0; timer < 5_000; timer++) {
      t.first.timersMs.add(timer);
    }
    t.watermark("in", 5_000);
    t.run();
    assertThat(count(t.log, "A.start")).isOne();
    assertThat(count(t.log, "A.finish")).isOne();
  }

  @Test
  void aBarrierEndsItWhenItIsHere() {
    t.task.post(new TaskMessage.TriggerCheckpoint(7, Barrier.SAVE));
    t.send("in", "x");
    t.run();
    t.send("in", "y");
    t.run();
    assertThat(t.log).contains("A y").doesNotContain("A.finish");

    t.feed("in").barrier(7, Barrier.SAVE);
    t.run();
    assertThat(t.log).containsSubsequence("A.finish", "A.barrier", "acknowledged 7");
  }

  @Test
  void aProbeEndsIt() {
    t.send("in", "x");
    t.run();
    t.task.post(new TaskMessage.Probe(1));
    t.run();
    assertThat(t.log).containsSubsequence("A.finish", "quiet 1");
  }

  @Test
  void aQuestionAboutTimeEndsIt() {
    t.send("in", "x");
    t.run();
    t.consumer.ask();
    t.run();
    t.drain();
    assertThat(t.log).contains("A.finish");
    assertThat(t.consumer.answered()).isTrue();
  }

  @Test
  void aDrainEndsIt() {
    t.send("in", "x");
    t.run();
    t.task.post(new TaskMessage.Drain());
    t.run();
    assertThat(t.log).containsSubsequence("A.finish", "A.drain");
  }

  @Test
  void itEndsBySizeInSlices() {
    TaskHarness few = TaskHarness.bundling(false, new BundleLimits(3_000, 64 << 20, MAX));
    few.steps(1);
    for (int batch = 0; batch < 14; batch++) {
      for (int i = 0; i < 500; i++) {
        few.feed("in").receive("x", 0, TaskHarness.GLOBAL, null);
      }
      few.feed("in").flush();
      few.run();
      few.drain();
    }
    assertThat(count(few.log, "A.finish")).isEqualTo(2);
  }

  @Test
  void itEndsByBytes() {
    TaskHarness few = TaskHarness.bundling(true, new BundleLimits(1_000_000, 100_000, MAX));
    for (int i = 0; i < 1_000; i++) {
      few.sourceOperator().elements.add("x".repeat(1_000));
    }
    few.atRest = few::drain;
    few.run();
    assertThat(count(few.log, "A.finish")).isBetween(8L, 10L);
  }

  @Test
  void aSourceReadsItsAllInOneBundle() {
    TaskHarness source = TaskHarness.bundling(true, BundleLimits.SIZE);
    for (int i = 0; i < 10_000; i++) {
      source.sourceOperator().elements.add("x");
    }
    source.sourceOperator().ended = true;
    source.sourceOperator().holdSource(MAX);
    source.atRest = source::drain;
    source.second.emitsAtEnd = true;
    Step step = source.run();
    while (step == Step.NEEDS_OUTPUT) {
      source.drain();
      step = source.run();
    }
    assertThat(step).isEqualTo(Step.FINISHED);
    assertThat(count(source.log, "A.finish")).isOne();
    assertThat(source.drain()).hasSize(10_001);
  }

  @Test
  void oneThatIsLimitedByTimeEndsThenAlthoughNothingComes() {
    TaskHarness timed = TaskHarness.bundling(false, BundleLimits.ofMs(100));
    timed.send("in", "x");
    timed.run();
    timed.nanos += 50 * MS;
    timed.send("in", "y");
    timed.run();
    assertThat(timed.log).doesNotContain("A.finish");
    assertThat(timed.task.wakeAtNanos()).isEqualTo(100 * MS);
    timed.nanos = 100 * MS;
    timed.run();
    assertThat(timed.log).containsSubsequence("A y", "A.finish");
    assertThat(timed.task.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);
  }
}
