package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Barrier;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.worker.world.Step;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.beam.sdk.metrics.MetricName;
import org.junit.jupiter.api.Test;

/** What a task does at barriers that save, halt, are announced or abandoned. */
class TaskCheckpointTest {
  private static final MetricName COUNTED = MetricName.named("test", "counted");

  private final Deque<Runnable> lane = new ArrayDeque<>();
  private final FolderFiles files =
      new FolderFiles(new MemoryFolder(1L << 20, MemoryFolder.Faults.NONE), "test");

  private TaskHarness saving(boolean source) {
    return TaskHarness.saving(source, files, lane::add);
  }

  private void doWhatBlocks() {
    while (!lane.isEmpty()) {
      lane.poll().run();
    }
  }

  @Test
  void aCheckpointIsAcknowledgedWhenItIsSafeWithWhatWasCountedAtTheBarrier() {
    TaskHarness t = saving(true);
    t.run();
    t.metrics.getContainer("step").getCounter(COUNTED).inc(3);
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    t.run();
    t.metrics.getContainer("step").getCounter(COUNTED).inc(4);
    assertThat(t.log).doesNotContain("acknowledged 1");
    assertThat(t.drain()).containsExactly("barrier 1");

    doWhatBlocks();

    assertThat(t.log).contains("acknowledged 1");
    TaskEvent.CheckpointAcknowledged saved = t.acknowledged.get(1L);
    assertThat(saved.metrics().getContainer("step").getCounter(COUNTED).getCumulative())
        .isEqualTo(3L);
  }

  @Test
  void aBarrierThatOnlyReleasesSavesNothing() {
    TaskHarness t = saving(true);
    t.run();
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.RELEASE));
    t.run();

    assertThat(t.log).contains("acknowledged 1");
    assertThat(t.acknowledged.get(1L).snapshot().segments()).isEmpty();
  }

  @Test
  void behindABarrierThatHaltsNothingIsTakenUntilItIsAbandoned() {
    TaskHarness t = saving(false);
    t.run();
    for (String input : new String[] {"in", "in2"}) {
      t.send(input, "before");
      t.feed(input).barrier(1, Barrier.SAVE_AND_HALT);
      t.send(input, "behind");
    }
    assertThat(t.run()).isEqualTo(Step.NEEDS_BARRIER);
    doWhatBlocks();
    assertThat(t.log).contains("acknowledged 1").doesNotContain("A behind");
    assertThat(t.drain()).containsExactly("before", "before", "barrier 1");

    t.task.post(new TaskMessage.AbandonCheckpoint(1));
    t.run();
    assertThat(t.log).contains("A behind");
  }

  @Test
  void anInputThatWaitsForAnAbandonedBarrierIsReadOn() {
    TaskHarness t = saving(false);
    t.run();
    t.feed("in").barrier(1, Barrier.SAVE);
    t.send("in", "behind");
    assertThat(t.run()).isEqualTo(Step.NEEDS_BARRIER);
    assertThat(t.log).doesNotContain("A behind");

    t.task.post(new TaskMessage.AbandonCheckpoint(1));
    t.run();
    assertThat(t.log).contains("A behind");

    t.feed("in2").barrier(1, Barrier.SAVE);
    t.feed("in").barrier(2, Barrier.SAVE);
    t.feed("in2").barrier(2, Barrier.SAVE);
    t.run();
    doWhatBlocks();
    assertThat(t.log).contains("acknowledged 2").doesNotContain("acknowledged 1");
    assertThat(t.drain()).containsExactly("behind", "barrier 2");
  }

  @Test
  void anAnnouncedBarrierEndsABundleEarlyAndCountsNoMoreWhenItHasPassed() {
    TaskHarness t = TaskHarness.reading("in");
    t.run();
    assertThat(t.services.barrierAnnounced()).isFalse();
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    assertThat(t.services.barrierAnnounced()).isTrue();
    t.send("in", "x");
    t.send("in", "y");
    t.steps(2);
    assertThat(t.log).containsSubsequence("A x", "A.finish", "A y", "A.finish");

    t.feed("in").barrier(1, Barrier.SAVE);
    t.run();
    assertThat(t.services.barrierAnnounced()).isFalse();

    t.task.post(new TaskMessage.TriggerCheckpoint(2, Barrier.SAVE));
    t.task.post(new TaskMessage.AbandonCheckpoint(2));
    t.run();
    assertThat(t.services.barrierAnnounced()).isFalse();
  }

  @Test
  void whatAFinishedTaskHasLeftIsInEveryLaterCheckpoint() {
    TaskHarness t = saving(true);
    t.run();
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    t.run();
    TaskLog log = t.taskLog.orElseThrow();
    Bytes key = EntryKey.header(new Bytes(), 0, log.names().transform("A"), EntryKey.Kind.VALUE);
    log.open().put(key, new Bytes().putLong(7));
    t.sourceOperator().ended = true;
    assertThat(t.run()).isEqualTo(Step.FINISHED);
    doWhatBlocks();
    assertThat(t.log).contains("acknowledged 1");

    EndedTask ended = t.task.afterEnd();
    ended.acknowledge(1, true);
    ended.acknowledge(2, true);
    ended.acknowledge(3, true);
    doWhatBlocks();

    assertThat(t.log)
        .containsSubsequence("acknowledged 1", "acknowledged 2", "acknowledged 3")
        .as("it has passed that barrier itself")
        .containsOnlyOnce("acknowledged 1");
    assertThat(t.acknowledged.get(1L).snapshot().segments()).isEmpty();
    assertThat(t.acknowledged.get(2L).snapshot().segments()).isNotEmpty();
    assertThat(t.acknowledged.get(3L).snapshot().segments())
        .isEqualTo(t.acknowledged.get(2L).snapshot().segments());
  }

  @Test
  void aTaskThatHasFailedAnswersNoCheckpoint() {
    TaskHarness t = saving(true);
    t.run();
    t.first.failsAt = ".barrier";
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    assertThat(t.run()).isEqualTo(Step.FINISHED);
    doWhatBlocks();

    t.task.afterEnd().acknowledge(1, true);
    t.task.afterEnd().acknowledge(2, false);
    doWhatBlocks();
    assertThat(t.acknowledged).isEmpty();
  }

  @Test
  void aTaskThatHaltsIsNotClosedThoughNothingWaitsForACheckpointAnyMore() {
    TaskHarness t = TaskHarness.source();
    t.run();
    t.services.afterCheckpoint(() -> t.log.add("ran"));
    t.sourceOperator().ended = true;
    t.run();
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE_AND_HALT));
    t.run();
    t.task.post(new TaskMessage.CompleteCheckpoint(1));
    assertThat(t.run()).isEqualTo(Step.NEEDS_BARRIER);
    assertThat(t.log).containsSubsequence("ran", "released 1").doesNotContain("A.close");

    t.task.post(new TaskMessage.AbandonCheckpoint(1));
    assertThat(t.run()).isEqualTo(Step.FINISHED);
    assertThat(t.log).contains("A.close");
  }

  @Test
  void aFullDiskFailsTheCheckpointAndTheNextOneSavesWhatIsMissing() {
    boolean[] full = {true};
    FolderFiles refusing =
        new FolderFiles(
            new MemoryFolder(
                1L << 20,
                operation -> {
                  if (full[0] && operation.startsWith("write")) {
                    throw new IOException("No space left on device");
                  }
                }),
            "test");
    TaskHarness t = TaskHarness.saving(true, refusing, lane::add);
    t.run();
    TaskLog log = t.taskLog.orElseThrow();
    Bytes key = EntryKey.header(new Bytes(), 0, log.names().transform("A"), EntryKey.Kind.VALUE);
    log.open().put(key, new Bytes().putLong(7));
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.SAVE));
    t.run();
    doWhatBlocks();
    assertThat(t.log)
        .filteredOn(line -> line.startsWith("not saved 1"))
        .singleElement()
        .asString()
        .matches(
            "not saved 1: .* could not save its state: [1-9]\\d* bytes of changed state could not be"
                + " written to .*: No space left on device");

    full[0] = false;
    t.sourceOperator().elements.add("goes on");
    t.task.post(new TaskMessage.TriggerCheckpoint(2, Barrier.SAVE));
    t.run();
    doWhatBlocks();
    assertThat(t.log).contains("acknowledged 2");
    assertThat(t.acknowledged.get(2L).snapshot().segments()).isNotEmpty();
  }

  @Test
  void aSourceThatHasEndedNotesWhatItsLastRecordsAreToBeTold() {
    TaskHarness t = TaskHarness.source();
    t.run();
    t.sourceOperator().ended = true;
    t.run();

    assertThat(t.log).containsSubsequence("A.barrier", "finished");
  }

  @Test
  void aTaskWithoutInputAsksOnceForTheCheckpointThatItWaitsFor() {
    TaskHarness t = TaskHarness.source();
    t.first.pending = true;
    t.first.waitsForCheckpoint = true;
    t.run();
    assertThat(t.log).as("more may come").doesNotContain("checkpoint wanted after -1");

    t.sourceOperator().ended = true;
    assertThat(t.run()).isEqualTo(Step.NEEDS_TIMER);
    t.run();
    assertThat(t.log).containsOnlyOnce("checkpoint wanted after -1");

    t.task.post(new TaskMessage.TriggerCheckpoint(4, Barrier.RELEASE));
    t.run();
    t.task.post(new TaskMessage.CompleteCheckpoint(4));
    t.run();
    assertThat(t.log)
        .as("it waits for another one")
        .containsSubsequence("released 4", "checkpoint wanted after 4");
  }

  @Test
  void aTaskAsksAgainOnlyWhenACheckpointIsCompleteNotWhenOneIsAbandoned() {
    TaskHarness t = TaskHarness.source();
    t.first.pending = true;
    t.first.waitsForCheckpoint = true;
    t.sourceOperator().ended = true;
    t.run();
    t.task.post(new TaskMessage.TriggerCheckpoint(1, Barrier.RELEASE));
    t.task.post(new TaskMessage.AbandonCheckpoint(1));
    t.run();
    assertThat(t.log).containsOnlyOnce("checkpoint wanted after -1");
  }

  @Test
  void whatIsFedByWorkThatGoesOnAsksForNoCheckpoint() {
    TaskHarness t = TaskHarness.source();
    t.first.pending = true;
    t.second.pending = true;
    t.second.waitsForCheckpoint = true;
    t.sourceOperator().ended = true;
    t.run();
    assertThat(t.log).doesNotContain("checkpoint wanted after -1");

    t.first.pending = false;
    t.task.post(new TaskMessage.ClockMoved());
    t.run();
    assertThat(t.log).contains("checkpoint wanted after -1");
  }

  @Test
  void aDrainReachesEveryOperator() {
    TaskHarness t = TaskHarness.source();
    t.run();
    t.task.post(new TaskMessage.Drain());
    t.run();

    assertThat(t.log).contains("A.drain", "B.drain");
  }
}
