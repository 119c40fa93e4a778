package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.JobEvent.CheckpointDue;
import dev.sluice.coordinator.JobEvent.CheckpointNotStored;
import dev.sluice.coordinator.JobEvent.CheckpointOverdue;
import dev.sluice.coordinator.JobEvent.CheckpointStored;
import dev.sluice.coordinator.JobEvent.DrainRequested;
import dev.sluice.coordinator.JobEvent.SavepointNotWritten;
import dev.sluice.coordinator.JobEvent.SavepointWanted;
import dev.sluice.coordinator.JobEvent.SavepointWritten;
import dev.sluice.protocol.Barrier;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.SavepointRequest.Then;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand.TriggerCheckpoint;
import dev.sluice.protocol.WorkerEvent.CheckpointFailed;
import dev.sluice.protocol.WorkerEvent.CheckpointWanted;
import org.junit.jupiter.api.Test;

/** Checkpoints and savepoints of a job that keeps them. */
class CheckpointRulesTest {
  private static final TaskId FIRST = Jobs.task("s1", 0);
  private static final TaskId SECOND = Jobs.task("s1", 1);
  private static final TaskId THIRD = Jobs.task("s2", 0);

  private final Driven job = Driven.running();

  @Test
  void nothingIsReleasedBeforeItIsStored() {
    assertThat(job.happens(new CheckpointDue(1, 0)))
        .isEqualTo("[TriggerCheckpoint, Schedule CheckpointOverdue]");
    assertThat(job.lastCommand(TriggerCheckpoint.class).barrier()).isEqualTo(Barrier.SAVE);

    assertThat(job.acknowledgeAll()).isEqualTo("[Store]");
    assertThat(job.releases()).as("nobody asked").isEqualTo("[]");
    assertThat(job.happens(new CheckpointStored(1)))
        .isEqualTo("[CompleteCheckpoint, CommitMetrics]");
    assertThat(job.happens(new CheckpointStored(1))).as("twice").isEqualTo("[]");
    assertThat(job.releases()).isEqualTo("[Schedule CheckpointDue]");
    assertThat(job.state.round()).isEmpty();
  }

  @Test
  void whatIsStoredNamesTransformsAndSplitsAsTheirUserDoes() {
    job.happens(new CheckpointDue(1, 0));
    job.acknowledgeAll();

    SavedCheckpoint saved = job.last(JobAction.Store.class).checkpoint();
    assertThat(saved.id()).isEqualTo(1);
    assertThat(saved.splits()).containsOnlyKeys("First");
    assertThat(saved.tasks()).hasSize(4);
    assertThat(saved.tasks().get(0).transforms()).containsExactly("First");
    assertThat(saved.tasks().get(3).transforms()).containsExactly("Group");
    assertThat(saved.tasks().get(3).index()).isEqualTo(1);
    assertThat(saved.tasks().get(3).tasks()).isEqualTo(2);
    assertThat(saved.tasks().get(3).segments().get(0).file()).isEqualTo("a1/s2/1/e1");
  }

  @Test
  void aCheckpointThatATaskCannotSaveIsAbandoned() {
    job.happens(new CheckpointDue(1, 0));
    assertThat(job.told(new CheckpointFailed(Jobs.ID, Jobs.task("s2", 0), 1, "disk full")))
        .isEqualTo("[Warn, AbandonCheckpoint, Schedule CheckpointDue]");
    assertThat(job.last(JobAction.Warn.class).message()).contains("s2/0").contains("disk full");
    assertThat(job.acknowledgeAll()).as("too late").isEqualTo("[]");
    assertThat(job.happens(new CheckpointDue(1, 1))).startsWith("[TriggerCheckpoint");
  }

  @Test
  void tooManyInARowFailTheJobAndOneThatIsStoredForgivesThem() {
    for (int i = 0; i < 10; i++) {
      failOnce();
    }
    job.checkpoint();
    for (int i = 0; i < 10; i++) {
      failOnce();
      assertThat(job.state.phase()).isEqualTo(JobPhase.RUNNING);
    }
    failOnce();

    assertThat(job.state.phase()).isEqualTo(JobPhase.STOPPING);
    var failure = job.state.ending().orElseThrow().failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.CHECKPOINT_STORAGE);
    assertThat(failure.message())
        .contains("the storage is away")
        .contains("--toleratedCheckpointFailures");
  }

  private void failOnce() {
    job.happens(new CheckpointDue(1, job.state.checkpoints().begun()));
    job.acknowledgeAll();
    job.happens(
        new CheckpointNotStored(job.state.checkpoints().begun(), "the storage is away", false));
  }

  @Test
  void aClaimThatIsLostFailsTheJobAtOnce() {
    job.happens(new CheckpointDue(1, 0));
    job.acknowledgeAll();
    assertThat(job.happens(new CheckpointNotStored(1, "process 7 has it", true)))
        .isEqualTo("[Stop, Schedule StopOverdue]");
    assertThat(job.state.ending().orElseThrow().failure().orElseThrow().kind())
        .isEqualTo(FailureKind.CLAIM_LOST);
  }

  @Test
  void aCheckpointThatIsBeingStoredIsNotGivenUp() {
    job.happens(new CheckpointDue(1, 0));
    job.acknowledgeAll();
    assertThat(job.happens(new CheckpointOverdue(1)))
        .isEqualTo("[Warn, Schedule CheckpointOverdue]");
    assertThat(job.happens(new CheckpointStored(1)))
        .isEqualTo("[CompleteCheckpoint, CommitMetrics]");
    assertThat(job.happens(new CheckpointOverdue(1))).isEqualTo("[Warn, Schedule CheckpointDue]");
  }

  @Test
  void onlyTheLatestAlarmBeginsACheckpoint() {
    job.checkpoint();
    assertThat(job.happens(new CheckpointDue(1, 0))).isEqualTo("[]");
    assertThat(job.happens(new CheckpointDue(2, 1))).isEqualTo("[]");
    assertThat(job.happens(new CheckpointDue(1, 1))).startsWith("[TriggerCheckpoint");
  }

  // The end.

  @Test
  void aRoundThatBeganBeforeTheEndIsFollowedByTheLastOne() {
    job.happens(new CheckpointDue(1, 0));
    job.finishAll();
    assertThat(job.state.phase()).isEqualTo(JobPhase.COMPLETING);
    job.acknowledgeAndStore();
    assertThat(job.releases()).startsWith("[TriggerCheckpoint");
    job.acknowledgeAndStore();
    assertThat(job.releases()).isEqualTo("[Stop, Schedule StopOverdue]");
    assertThat(job.stops()).isEqualTo("[CloseLedger, Schedule CloseOverdue]");
    job.happens(new JobEvent.LedgerClosed());
    assertThat(job.state.phase()).isEqualTo(JobPhase.DONE);
  }

  @Test
  void aLastRoundThatFailsIsTriedAgain() {
    job.finishAll();
    job.acknowledgeAll();
    assertThat(job.happens(new CheckpointNotStored(1, "full", false)))
        .isEqualTo("[Warn, AbandonCheckpoint, Schedule CheckpointDue]");
    assertThat(job.happens(new CheckpointDue(1, 1))).startsWith("[TriggerCheckpoint");
    assertThat(job.state.round().orElseThrow().last()).isTrue();
  }

  @Test
  void aReleaseThatIsMissingInTheEndFailsTheJob() {
    job.finishAll();
    job.acknowledgeAll();
    job.happens(new CheckpointStored(1));
    job.happens(new CheckpointOverdue(1));
    assertThat(job.state.ending().orElseThrow().outcome()).isEqualTo(JobPhase.FAILED);
    assertThat(job.state.ending().orElseThrow().failure().orElseThrow().message()).contains("w1");
  }

  // Tasks that can do nothing more before a checkpoint is complete.

  @Test
  void aTaskThatWaitsForNothingElseGetsItsCheckpointAtOnce() {
    assertThat(job.wants(FIRST, -1)).isEqualTo("[TriggerCheckpoint, Schedule CheckpointOverdue]");
    job.acknowledgeAndStore();
    assertThat(job.releases()).as("nobody waits any more").isEqualTo("[Schedule CheckpointDue]");

    assertThat(job.wants(FIRST, 1)).as("again").startsWith("[TriggerCheckpoint");
  }

  @Test
  void oneRoundIsForAllThatWaitUntilItIsReleased() {
    job.wants(FIRST, -1);
    assertThat(job.wants(SECOND, -1)).as("a round is at hand").isEqualTo("[]");
    job.acknowledgeAndStore();
    assertThat(job.wants(THIRD, -1)).as("said before it was released").isEqualTo("[]");
    assertThat(job.releases()).isEqualTo("[Schedule CheckpointDue]");
  }

  @Test
  void aTaskThatWaitsForMoreThanTheRoundAtHandReleasesGetsTheNextOneAtOnce() {
    job.happens(new CheckpointDue(1, 0));
    job.acknowledgeAndStore();
    assertThat(job.wants(FIRST, 1)).as("others still release").isEqualTo("[]");
    assertThat(job.releases()).startsWith("[TriggerCheckpoint");
  }

  @Test
  void whatWaitsForARoundThatFailedIsTriedAgainSoonAndThenLessAndLessOften() {
    job.wants(FIRST, -1);
    for (long delayMs : new long[] {1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000}) {
      job.acknowledgeAll();
      long failed = job.state.checkpoints().begun();
      assertThat(job.happens(new CheckpointNotStored(failed, "the storage is away", false)))
          .isEqualTo("[Warn, AbandonCheckpoint, Schedule CheckpointDue]");
      assertThat(job.last(JobAction.Schedule.class).delayMs()).isEqualTo(delayMs);
      assertThat(job.happens(new CheckpointDue(1, failed))).startsWith("[TriggerCheckpoint");
    }
    job.acknowledgeAndStore();
    assertThat(job.releases()).isEqualTo("[Schedule CheckpointDue]");
    assertThat(job.last(JobAction.Schedule.class).delayMs()).as("the interval").isEqualTo(10_000);
  }

  @Test
  void aTaskThatBeginsToWaitAfterAFailureWaitsForTheSameRetry() {
    job.happens(new CheckpointDue(1, 0));
    job.told(new CheckpointFailed(Jobs.ID, FIRST, 1, "disk full"));
    assertThat(job.last(JobAction.Schedule.class).delayMs()).as("nobody waits").isEqualTo(10_000);

    assertThat(job.wants(FIRST, -1)).isEqualTo("[Schedule CheckpointDue]");
    assertThat(job.last(JobAction.Schedule.class).delayMs()).isEqualTo(1_000);
    job.wants(SECOND, -1);
    assertThat(job.happens(new CheckpointDue(1, 1))).startsWith("[TriggerCheckpoint");
    assertThat(job.happens(new CheckpointDue(1, 1))).as("the other alarm").isEqualTo("[]");
  }

  @Test
  void nobodyWaitsInANewAttempt() {
    job.happens(new CheckpointDue(1, 0));
    job.wants(FIRST, -1);
    job.fails("Parse");
    job.stops();
    assertThat(job.happens(new JobEvent.RestartDue(1)))
        .isEqualTo("[BeginMetrics, Deploy, Schedule CheckpointDue]");
    assertThat(job.told(1, new CheckpointWanted(Jobs.ID, SECOND, -1)))
        .as("of the old attempt")
        .isEqualTo("[]");
    assertThat(job.wants(FIRST, -1)).startsWith("[TriggerCheckpoint");
  }

  @Test
  void aSavepointIsTakenInTheRoundThatATaskWaitsFor() {
    job.happens(new CheckpointDue(1, 0));
    job.wants(FIRST, -1);
    job.happens(new SavepointWanted(savepoint(Then.GO_ON)));
    job.acknowledgeAndStore();
    assertThat(job.releases()).startsWith("[TriggerCheckpoint");
    job.wants(FIRST, 1);
    job.acknowledgeAndStore();
    assertThat(job.last(JobAction.WriteSavepoint.class).checkpoint().id()).isEqualTo(2);
    assertThat(job.releases()).isEqualTo("[Schedule CheckpointDue]");
  }

  // Savepoints.

  private static SavepointRequest savepoint(Then then) {
    return new SavepointRequest(5, StorageLocation.of("there"), then);
  }

  @Test
  void aSavepointIsCopiedWhileTheJobGoesOn() {
    assertThat(job.happens(new SavepointWanted(savepoint(Then.GO_ON))))
        .startsWith("[TriggerCheckpoint");
    job.acknowledgeAll();
    assertThat(job.happens(new CheckpointStored(1)))
        .isEqualTo("[CompleteCheckpoint, CommitMetrics, WriteSavepoint]");
    assertThat(job.releases()).isEqualTo("[Schedule CheckpointDue]");
    assertThat(job.happens(new SavepointWritten(1, savepoint(Then.GO_ON)))).isEqualTo("[Answer]");
    assertThat(job.last(JobAction.Answer.class).update())
        .isEqualTo(new JobUpdate.SavepointDone(Jobs.ID, 5, "there"));
  }

  @Test
  void aSavepointWaitsForTheRoundAtHand() {
    job.happens(new CheckpointDue(1, 0));
    assertThat(job.happens(new SavepointWanted(savepoint(Then.GO_ON)))).isEqualTo("[]");
    job.acknowledgeAll();
    assertThat(job.happens(new CheckpointStored(1))).doesNotContain("WriteSavepoint");
    assertThat(job.releases()).startsWith("[TriggerCheckpoint");
    assertThat(job.state.round().orElseThrow().savepoint()).contains(savepoint(Then.GO_ON));
  }

  @Test
  void aJobThatStopsWithASavepointReleasesBehindItAndDoesNothingMore() {
    job.happens(new SavepointWanted(savepoint(Then.STOP)));
    assertThat(job.lastCommand(TriggerCheckpoint.class).barrier()).isEqualTo(Barrier.SAVE_AND_HALT);
    job.acknowledgeAll();
    assertThat(job.happens(new CheckpointStored(1))).isEqualTo("[WriteSavepoint]");
    assertThat(job.happens(new SavepointWritten(1, savepoint(Then.STOP))))
        .isEqualTo("[Answer, CompleteCheckpoint, CommitMetrics]");
    assertThat(job.releases()).isEqualTo("[Stop, Schedule StopOverdue]");
    assertThat(job.state.ending().orElseThrow().outcome()).isEqualTo(JobPhase.CANCELLED);
  }

  @Test
  void aJobThatHasNothingLeftToDoIsDoneWhenItStopsWithASavepoint() {
    job.finishAll();
    job.happens(new SavepointWanted(savepoint(Then.STOP)));
    job.acknowledgeAll();
    job.happens(new CheckpointStored(1));
    job.releases();
    job.acknowledgeAll();
    job.happens(new CheckpointStored(2));
    job.happens(new SavepointWritten(2, savepoint(Then.STOP)));
    job.releases();
    assertThat(job.state.ending().orElseThrow().outcome()).isEqualTo(JobPhase.DONE);
  }

  @Test
  void aJobThatCannotWriteItsLastSavepointGoesOn() {
    job.happens(new SavepointWanted(savepoint(Then.STOP)));
    job.acknowledgeAll();
    job.happens(new CheckpointStored(1));
    assertThat(job.happens(new SavepointNotWritten(1, savepoint(Then.STOP), "no such bucket")))
        .isEqualTo("[Answer, CompleteCheckpoint, CommitMetrics, AbandonCheckpoint]");
    assertThat(job.last(JobAction.Answer.class).update())
        .isEqualTo(new JobUpdate.SavepointFailed(Jobs.ID, 5, "no such bucket"));
    assertThat(job.releases()).isEqualTo("[Schedule CheckpointDue]");
    assertThat(job.state.phase()).isEqualTo(JobPhase.RUNNING);
  }

  @Test
  void aDrainedJobTakesItsSavepointWhenNothingIsLeftToDo() {
    assertThat(job.happens(new SavepointWanted(savepoint(Then.DRAIN)))).isEqualTo("[Drain]");
    assertThat(job.happens(new DrainRequested())).as("once is enough").isEqualTo("[]");
    job.finishAll();
    assertThat(job.state.round().orElseThrow().savepoint()).as("not yet").isEmpty();
    job.acknowledgeAll();
    job.happens(new CheckpointStored(1));
    assertThat(job.releases()).startsWith("[TriggerCheckpoint");
    job.acknowledgeAll();
    assertThat(job.happens(new CheckpointStored(2))).contains("WriteSavepoint");
    assertThat(job.releases()).isEqualTo("[Stop, Schedule StopOverdue]");
    assertThat(job.state.ending().orElseThrow().outcome()).isEqualTo(JobPhase.DONE);
  }

  @Test
  void aSavepointOfARoundThatFailsIsRefusedWithTheReason() {
    job.happens(new SavepointWanted(savepoint(Then.GO_ON)));
    job.told(new CheckpointFailed(Jobs.ID, Jobs.task("s2", 0), 1, "disk full"));
    assertThat(((JobUpdate.SavepointFailed) job.last(JobAction.Answer.class).update()).reason())
        .contains("disk full");
  }

  @Test
  void savepointsOfAJobThatEndsAreRefused() {
    job.happens(new SavepointWanted(savepoint(Then.GO_ON)));
    job.happens(
        new SavepointWanted(new SavepointRequest(6, StorageLocation.of("elsewhere"), Then.GO_ON)));
    assertThat(job.happens(new JobEvent.CancelRequested()))
        .isEqualTo("[Answer, Answer, Stop, Schedule StopOverdue]");
  }
}
