package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.JobEvent.CancelRequested;
import dev.sluice.coordinator.JobEvent.CheckpointDue;
import dev.sluice.coordinator.JobEvent.CheckpointNotStored;
import dev.sluice.coordinator.JobEvent.CheckpointStored;
import dev.sluice.coordinator.JobEvent.DrainRequested;
import dev.sluice.coordinator.JobEvent.EarlierFound;
import dev.sluice.coordinator.JobEvent.RestartDue;
import dev.sluice.coordinator.JobEvent.StopOverdue;
import dev.sluice.coordinator.JobEvent.WorkerLost;
import dev.sluice.coordinator.JobEvent.WorkersKnown;
import dev.sluice.protocol.Attempt;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.WorkerCommand.Deploy;
import dev.sluice.protocol.WorkerCommand.SplitSources;
import dev.sluice.protocol.WorkerCommand.TriggerCheckpoint;
import dev.sluice.protocol.WorkerEvent.SourcesSplit;
import dev.sluice.protocol.WorkerEvent.TaskFailed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What happens to a job that keeps checkpoints when something fails. */
class RecoveryRulesTest {
  private final Driven job = Driven.running();

  /** From the failure to the next attempt. */
  private void restart(String transform) {
    job.fails(transform);
    job.stops();
    job.happens(new RestartDue(job.state.attempt()));
  }

  private Attempt attempt() {
    return job.lastCommand(Deploy.class).attempt();
  }

  @Test
  void aJobGoesBackToItsLastCheckpointWhenNoThreadIsLeft() {
    job.checkpoint();
    assertThat(job.fails("Parse")).isEqualTo("[Warn, Stop, Schedule StopOverdue]");
    assertThat(job.last(JobAction.Warn.class).message())
        .contains("checkpoint 1")
        .contains("transform 'Parse'")
        .contains("boom");
    assertThat(job.happens(new RestartDue(1))).as("threads live").isEqualTo("[]");
    assertThat(job.stops()).isEqualTo("[Schedule RestartDue]");
    assertThat(job.stops()).as("twice").isEqualTo("[]");
    assertThat(job.happens(new RestartDue(1)))
        .isEqualTo("[BeginMetrics, Deploy, Schedule CheckpointDue]");

    assertThat(job.state.phase()).isEqualTo(JobPhase.RUNNING);
    assertThat(attempt().number()).isEqualTo(2);
    assertThat(attempt().storage().orElseThrow().attempt()).isEqualTo(2);
    assertThat(attempt().restore().orElseThrow().checkpoint()).isEqualTo(1);
    assertThat(attempt().restore().orElseThrow().own()).isTrue();
    assertThat(attempt().restore().orElseThrow().tasks()).hasSize(4);
    assertThat(job.lastCommand(Deploy.class).splits()).containsOnlyKeys("read");
  }

  @Test
  void withoutACheckpointItBeginsAtTheBeginning() {
    restart("Parse");
    assertThat(attempt().number()).isEqualTo(2);
    assertThat(attempt().restore()).isEmpty();
    assertThat(job.lastCommand(Deploy.class).splits()).containsOnlyKeys("read");
  }

  @Test
  void whatAnEarlierAttemptStillSaysIsNotHeard() {
    job.happens(new CheckpointDue(1, 0));
    var late = job.acknowledged(Jobs.task("s1", 0));
    restart("Parse");
    JobState before = job.state;

    assertThat(job.told(1, late)).isEqualTo("[]");
    assertThat(job.told(1, new TaskFailed(Jobs.ID, Jobs.failure("late")))).isEqualTo("[]");
    assertThat(job.happens(new CheckpointStored(1))).isEqualTo("[]");
    assertThat(job.happens(new CheckpointDue(1, 1))).isEqualTo("[]");
    assertThat(job.happens(new StopOverdue(1))).isEqualTo("[]");
    assertThat(job.happens(new RestartDue(1))).isEqualTo("[]");
    assertThat(job.state).isEqualTo(before);

    job.happens(new CheckpointDue(2, 1));
    assertThat(job.lastCommand(TriggerCheckpoint.class).checkpoint())
        .as("no number is used twice")
        .isEqualTo(2);
  }

  @Test
  void oneTransformMayFailThreeTimes() {
    restart("Parse");
    restart("Other");
    restart("Parse");
    assertThat(job.state.phase()).isEqualTo(JobPhase.RUNNING);

    assertThat(job.fails("Parse")).isEqualTo("[Warn, Stop, Schedule StopOverdue]");
    assertThat(job.state.phase()).isEqualTo(JobPhase.STOPPING);
    assertThat(job.state.ending().orElseThrow().failure().orElseThrow().message())
        .isEqualTo("boom");
  }

  @Test
  void aStoredCheckpointForgivesWhatFailedBeforeIt() {
    restart("Parse");
    restart("Parse");
    job.checkpoint();
    restart("Parse");
    restart("Parse");
    assertThat(job.state.phase()).isEqualTo(JobPhase.RUNNING);
    assertThat(attempt().number()).isEqualTo(5);
  }

  @Test
  void thePauseGrows() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      restart("T" + i);
      job.actions.stream()
          .filter(JobAction.Schedule.class::isInstance)
          .map(JobAction.Schedule.class::cast)
          .filter(schedule -> schedule.event() instanceof RestartDue)
          .reduce((earlier, later) -> later)
          .ifPresent(schedule -> pauses.add(schedule.delayMs()));
    }
    assertThat(pauses)
        .containsExactly(
            100L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 32_000L, 60_000L, 60_000L, 60_000L);
  }

  @Test
  void aCheckpointThatIsBeingStoredIsWaitedForAndCounts() {
    job.happens(new CheckpointDue(1, 0));
    job.acknowledgeAll();
    job.fails("Parse");
    assertThat(job.stops()).as("is it stored?").isEqualTo("[]");
    assertThat(job.happens(new CheckpointStored(1)))
        .isEqualTo("[CommitMetrics, Schedule RestartDue]");
    job.happens(new RestartDue(1));
    assertThat(attempt().restore().orElseThrow().checkpoint()).isEqualTo(1);
  }

  @Test
  void oneThatIsNotStoredAfterAllDoesNot() {
    job.happens(new CheckpointDue(1, 0));
    job.acknowledgeAll();
    job.fails("Parse");
    assertThat(job.happens(new CheckpointNotStored(1, "full", false))).isEqualTo("[Warn]");
    assertThat(job.stops()).isEqualTo("[Schedule RestartDue]");
    job.happens(new RestartDue(1));
    assertThat(attempt().restore()).isEmpty();
  }

  @Test
  void aDamagedCheckpointIsPassedOverForTheOneBefore() {
    job.checkpoint();
    SavedCheckpoint first = job.state.checkpoints().stored().orElseThrow();
    job.checkpoint();
    restart("Parse");
    assertThat(corrupt()).isEqualTo("[Warn, Stop, Schedule StopOverdue, FindEarlier]");
    assertThat(job.last(JobAction.FindEarlier.class).checkpoint()).isEqualTo(2);
    assertThat(job.stops()).as("to where?").isEqualTo("[]");
    assertThat(job.happens(new EarlierFound(Optional.of(first))))
        .isEqualTo("[Warn, Schedule RestartDue]");
    assertThat(job.last(JobAction.Warn.class).message())
        .contains("checkpoint 2")
        .contains("bit flip")
        .contains("checkpoint 1");
    job.happens(new RestartDue(2));
    assertThat(attempt().restore().orElseThrow().checkpoint()).isEqualTo(1);
  }

  @Test
  void withoutAnotherOneTheJobFailsRatherThanStartOver() {
    job.checkpoint();
    restart("Parse");
    corrupt();
    job.stops();
    assertThat(job.happens(new EarlierFound(Optional.empty())))
        .isEqualTo("[CloseLedger, Schedule CloseOverdue]");
    assertThat(job.state.ending().orElseThrow().failure().orElseThrow().kind())
        .isEqualTo(FailureKind.CORRUPT_CHECKPOINT);
  }

  private String corrupt() {
    return job.told(
        new TaskFailed(Jobs.ID, Jobs.failure(FailureKind.CORRUPT_CHECKPOINT, "", "bit flip")));
  }

  @Test
  void aJobThatBeginsWithACheckpointKeepsItsSplits() {
    job.checkpoint();
    Driven later = laterJob();
    assertThat(later.happens(new WorkersKnown(List.of(Driven.W)))).isEqualTo("[SplitSources]");
    Map<String, List<SourceSplit>> known = later.lastCommand(SplitSources.class).known();
    assertThat(known).containsOnlyKeys("read");

    assertThat(later.told(new SourcesSplit(Jobs.ID, Map.of(), MetricBytes.NONE)))
        .isEqualTo("[BeginMetrics, Deploy, Schedule CheckpointDue]");
    assertThat(later.lastCommand(Deploy.class).splits()).isEqualTo(known);
    later.happens(new CheckpointDue(1, 1));
    assertThat(later.lastCommand(TriggerCheckpoint.class).checkpoint()).isEqualTo(2);
  }

  @Test
  void whatWasAddedToASourceSinceTheCheckpointIsReadToo() {
    job.checkpoint();
    Driven later = laterJob();
    later.happens(new WorkersKnown(List.of(Driven.W)));
    List<SourceSplit> more = List.of(new SourceSplit(0, 2, new byte[0]));
    later.told(new SourcesSplit(Jobs.ID, Map.of("read", more), MetricBytes.NONE));
    assertThat(later.lastCommand(Deploy.class).splits()).isEqualTo(Map.of("read", more));
  }

  private Driven laterJob() {
    SavedCheckpoint saved = job.state.checkpoints().stored().orElseThrow();
    return new Driven(Jobs.durable(new MemoryLedger(), Optional.of(saved)));
  }

  @Test
  void aLostWorkerIsNotWaitedFor() {
    assertThat(job.happens(new WorkerLost(Driven.W, "is silent")))
        .isEqualTo("[Stop, Warn, Schedule StopOverdue, Schedule RestartDue]");
    assertThat(job.happens(new RestartDue(1))).as("no worker").isEqualTo("[]");
    assertThat(job.happens(new WorkersKnown(List.of("w2")))).contains("Deploy");
    assertThat(job.state.placement().workers()).containsExactly("w2");
  }

  @Test
  void threadsThatDoNotEndFailTheJob() {
    job.fails("Parse");
    assertThat(job.happens(new StopOverdue(1)))
        .isEqualTo("[Warn, CloseLedger, Schedule CloseOverdue]");
    assertThat(job.last(JobAction.Warn.class).message()).contains("w1");
    job.happens(new JobEvent.LedgerClosed());
    assertThat(job.state.phase()).isEqualTo(JobPhase.FAILED);
  }

  @Test
  void aJobCanBeCancelledBetweenTwoAttempts() {
    job.fails("Parse");
    assertThat(job.happens(new CancelRequested())).isEqualTo("[Schedule StopOverdue]");
    assertThat(job.stops()).isEqualTo("[CloseLedger, Schedule CloseOverdue]");
    assertThat(job.happens(new RestartDue(1))).isEqualTo("[]");
    job.happens(new JobEvent.LedgerClosed());
    assertThat(job.state.phase()).isEqualTo(JobPhase.CANCELLED);
  }

  @Test
  void aJobThatIsDrainedGoesOnDraining() {
    job.happens(new DrainRequested());
    job.fails("Parse");
    job.stops();
    assertThat(job.happens(new RestartDue(1)))
        .isEqualTo("[BeginMetrics, Deploy, Schedule CheckpointDue]");
    assertThat(job.lastCommand(Deploy.class).attempt().draining())
        .as("before its sources read anything")
        .isTrue();
  }

  @Test
  void whatCannotBeMendedIsNotTriedAgain() {
    job.told(new TaskFailed(Jobs.ID, Jobs.failure(FailureKind.BAD_PIPELINE, "", "no")));
    assertThat(job.state.phase()).isEqualTo(JobPhase.STOPPING);
  }

  @Test
  void aJobWhoseCheckpointsDieWithItDoesNotBeginAgain() {
    JobSpec passing = Jobs.durable(new Durability(new MemoryLedger(), Optional.empty(), false));
    Driven other = new Driven(passing);
    other.begin();
    other.fails("Parse");
    assertThat(other.state.phase()).as("nothing to go back to").isEqualTo(JobPhase.STOPPING);

    Driven later = new Driven(passing);
    later.begin();
    later.checkpoint();
    later.fails("Parse");
    assertThat(later.state.phase()).isEqualTo(JobPhase.RESTARTING);
  }
}
