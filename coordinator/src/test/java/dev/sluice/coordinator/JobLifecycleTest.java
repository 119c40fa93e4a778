package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.JobEvent.CancelRequested;
import dev.sluice.coordinator.JobEvent.CheckpointDue;
import dev.sluice.coordinator.JobEvent.CheckpointOverdue;
import dev.sluice.coordinator.JobEvent.Reported;
import dev.sluice.coordinator.JobEvent.StopOverdue;
import dev.sluice.coordinator.JobEvent.WorkersKnown;
import dev.sluice.worker.protocol.WorkerEvent;
import dev.sluice.worker.protocol.WorkerEvent.CheckpointAcknowledged;
import dev.sluice.worker.protocol.WorkerEvent.CheckpointReleased;
import dev.sluice.worker.protocol.WorkerEvent.ClockMoved;
import dev.sluice.worker.protocol.WorkerEvent.JobStopped;
import dev.sluice.worker.protocol.WorkerEvent.Metrics;
import dev.sluice.worker.protocol.WorkerEvent.QuiescenceWanted;
import dev.sluice.worker.protocol.WorkerEvent.Quiet;
import dev.sluice.worker.protocol.WorkerEvent.SourcesSplit;
import dev.sluice.worker.protocol.WorkerEvent.TaskFailed;
import dev.sluice.worker.protocol.WorkerEvent.TaskFinished;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.junit.jupiter.api.Test;

/** Every event in every phase: where it leads, and what is done about it. */
class JobLifecycleTest {
  private static final String W = "w1";

  /** One event of each kind, by the name of its class. */
  private final Map<String, JobEvent> events = new LinkedHashMap<>();

  /** A job with one worker in each phase. */
  private final Map<JobPhase, JobState> jobs = new EnumMap<>(JobPhase.class);

  JobLifecycleTest() {
    add(new WorkersKnown(List.of(W)));
    add(new CancelRequested());
    add(new CheckpointDue());
    add(new CheckpointOverdue(1));
    add(new StopOverdue());
    add(new SourcesSplit(Jobs.ID, Map.of()));
    add(new TaskFinished(Jobs.ID, Jobs.task("s1", 0)));
    add(new TaskFailed(Jobs.ID, Jobs.failure("boom")));
    add(new JobStopped(Jobs.ID, new MetricsContainerStepMap()));
    add(new QuiescenceWanted(Jobs.ID, Jobs.task("s1", 0)));
    add(new Quiet(Jobs.ID, 1, 0, 0, 0));
    add(new ClockMoved(Jobs.ID, 5));
    add(CheckpointAcknowledged.ofRelease(Jobs.ID, Jobs.task("s1", 0), 1));
    add(new CheckpointReleased(Jobs.ID, 1));
    add(new WorkerEvent.CheckpointFailed(Jobs.ID, Jobs.task("s1", 0), 1, "full"));
    add(new Metrics(Jobs.ID, 1, new MetricsContainerStepMap()));

    JobState submitted = JobState.submitted(Jobs.reading());
    JobState splitting = after(submitted, new WorkersKnown(List.of(W)));
    JobState running = after(splitting, events.get("SourcesSplit"));
    JobState completing = running;
    for (var task : running.unfinished()) {
      completing = after(completing, Jobs.reported(W, new TaskFinished(Jobs.ID, task)));
    }
    JobState stopping = after(running, new CancelRequested());
    for (JobState state : List.of(submitted, splitting, running, completing, stopping)) {
      jobs.put(state.phase(), state);
    }
    jobs.put(JobPhase.CANCELLED, after(stopping, events.get("JobStopped")));
    jobs.put(
        JobPhase.FAILED, after(after(running, events.get("TaskFailed")), events.get("JobStopped")));
    jobs.put(JobPhase.DONE, doneFrom(completing));
  }

  private JobState doneFrom(JobState completing) {
    JobState state = completing;
    for (var task : state.placement().tasks()) {
      state = after(state, Jobs.reported(W, CheckpointAcknowledged.ofRelease(Jobs.ID, task, 1)));
    }
    return after(after(state, events.get("CheckpointReleased")), events.get("JobStopped"));
  }

  private void add(JobEvent event) {
    events.put(event.getClass().getSimpleName(), event);
  }

  private void add(WorkerEvent event) {
    events.put(event.getClass().getSimpleName(), Jobs.reported(W, event));
  }

  private static JobState after(JobState state, JobEvent event) {
    return JobLifecycle.decide(state, event).next();
  }

  @Test
  void everyPhaseAndEveryKindOfEventIsCovered() {
    assertThat(jobs.keySet()).containsExactlyInAnyOrder(JobPhase.values());
    jobs.forEach((phase, state) -> assertThat(state.phase()).isEqualTo(phase));
    assertThat(events.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Stream.of(JobEvent.class.getPermittedSubclasses())
                        .filter(kind -> !kind.equals(Reported.class)),
                    Stream.of(WorkerEvent.class.getPermittedSubclasses()))
                .map(Class::getSimpleName)
                .toList());
  }

  @Test
  void whatEachEventComesToInEachPhase() {
    // What is not listed changes nothing.
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("SUBMITTED+WorkersKnown", "SPLITTING [SplitSources]");
    expected.put("SUBMITTED+CancelRequested", "CANCELLED []");
    expected.put("SPLITTING+CancelRequested", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put("SPLITTING+SourcesSplit", "RUNNING [Deploy, Schedule CheckpointDue]");
    expected.put("SPLITTING+TaskFailed", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put("RUNNING+CancelRequested", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put(
        "RUNNING+CheckpointDue", "RUNNING [TriggerCheckpoint, Schedule CheckpointOverdue]");
    expected.put("RUNNING+TaskFinished", "RUNNING []");
    expected.put("RUNNING+TaskFailed", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put("RUNNING+QuiescenceWanted", "RUNNING [ProbeQuiescence]");
    expected.put("RUNNING+ClockMoved", "RUNNING [SetClock]");
    expected.put("COMPLETING+CancelRequested", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put("COMPLETING+CheckpointOverdue", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put("COMPLETING+TaskFailed", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put("COMPLETING+QuiescenceWanted", "COMPLETING [ProbeQuiescence]");
    expected.put("COMPLETING+ClockMoved", "COMPLETING [SetClock]");
    expected.put("COMPLETING+CheckpointAcknowledged", "COMPLETING []");
    expected.put("STOPPING+StopOverdue", "CANCELLED [Warn]");
    expected.put("STOPPING+JobStopped", "CANCELLED []");

    Map<String, String> actual = new LinkedHashMap<>();
    jobs.forEach(
        (phase, state) ->
            events.forEach(
                (kind, event) -> {
                  Decision decision = JobLifecycle.decide(state, event);
                  if (!decision.equals(Decision.nothing(state))) {
                    actual.put(
                        phase + "+" + kind,
                        decision.next().phase() + " " + names(decision.actions()));
                  }
                }));
    assertThat(actual).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void whatIsNotAskedForIsAskedForByNobody() {
    JobState bounded = after(JobState.submitted(Jobs.bounded()), new WorkersKnown(List.of(W)));
    assertThat(bounded.phase()).as("nothing to split").isEqualTo(JobPhase.RUNNING);

    Decision deployed =
        JobLifecycle.decide(JobState.submitted(Jobs.bounded()), new WorkersKnown(List.of(W)));
    assertThat(names(deployed.actions())).as("no periodic checkpoints").isEqualTo("[Deploy]");

    assertThat(after(JobState.submitted(Jobs.empty()), new WorkersKnown(List.of(W))).phase())
        .as("no transform")
        .isEqualTo(JobPhase.DONE);
    assertThat(after(JobState.submitted(Jobs.bounded()), new WorkersKnown(List.of())).phase())
        .as("no worker yet")
        .isEqualTo(JobPhase.SUBMITTED);
  }

  @Test
  void aJobIsDoneAfterItsLastCheckpoint() {
    JobState state = jobs.get(JobPhase.COMPLETING);
    assertThat(state.round().orElseThrow().last()).isTrue();

    List<String> told = new ArrayList<>();
    for (var task : state.placement().tasks()) {
      Decision decision =
          JobLifecycle.decide(
              state, Jobs.reported(W, CheckpointAcknowledged.ofRelease(Jobs.ID, task, 1)));
      told.add(names(decision.actions()));
      state = decision.next();
    }
    assertThat(told).containsExactly("[]", "[]", "[]", "[CompleteCheckpoint]");

    Decision released = JobLifecycle.decide(state, events.get("CheckpointReleased"));
    assertThat(names(released.actions())).isEqualTo("[Stop, Schedule StopOverdue]");
    assertThat(after(released.next(), events.get("JobStopped")).phase()).isEqualTo(JobPhase.DONE);
  }

  @Test
  void aCheckpointAtHandIsWaitedForBeforeTheLastOne() {
    JobState state = after(jobs.get(JobPhase.RUNNING), new CheckpointDue());
    for (var task : state.placement().tasks()) {
      state = after(state, Jobs.reported(W, new TaskFinished(Jobs.ID, task)));
    }
    assertThat(state.phase()).isEqualTo(JobPhase.COMPLETING);
    assertThat(state.round().orElseThrow().last()).isFalse();
    for (var task : state.placement().tasks()) {
      state = after(state, Jobs.reported(W, CheckpointAcknowledged.ofRelease(Jobs.ID, task, 1)));
    }

    state = after(state, events.get("CheckpointReleased"));

    assertThat(state.round().orElseThrow())
        .isEqualTo(CheckpointRound.begin(2, true, state.placement().tasks(), Set.of(W)));
  }

  @Test
  void aPeriodicCheckpointCommitsMetricsAndIsFollowedByTheNext() {
    JobState state = after(jobs.get(JobPhase.RUNNING), new CheckpointDue());
    for (var task : state.placement().tasks()) {
      state = after(state, Jobs.reported(W, CheckpointAcknowledged.ofRelease(Jobs.ID, task, 1)));
    }
    Decision released = JobLifecycle.decide(state, events.get("CheckpointReleased"));

    assertThat(names(released.actions())).isEqualTo("[CommitMetrics, Schedule CheckpointDue]");
    assertThat(released.next().round()).isEmpty();
    assertThat(after(released.next(), new CheckpointDue()).round().orElseThrow().id()).isEqualTo(2);
  }

  @Test
  void aCheckpointThatIsOverdueIsGivenUpAndSaysWhoIsMissing() {
    JobState state = after(jobs.get(JobPhase.RUNNING), new CheckpointDue());
    Decision overdue = JobLifecycle.decide(state, new CheckpointOverdue(1));

    assertThat(names(overdue.actions())).isEqualTo("[Warn, Schedule CheckpointDue]");
    assertThat(overdue.actions().get(0).toString()).contains("job-1").contains("s2/1");
    assertThat(after(overdue.next(), Jobs.reported(W, new CheckpointReleased(Jobs.ID, 1))))
        .as("a late answer")
        .isEqualTo(overdue.next());
  }

  @Test
  void aLastCheckpointThatIsOverdueFailsTheJob() {
    JobState state = after(jobs.get(JobPhase.COMPLETING), new CheckpointOverdue(1));
    assertThat(state.ending().orElseThrow().outcome()).isEqualTo(JobPhase.FAILED);
    assertThat(state.ending().orElseThrow().failure().orElseThrow().cause())
        .hasMessageContaining("s1/0");
  }

  @Test
  void theFirstFailureDecides() {
    JobState failing = after(jobs.get(JobPhase.RUNNING), events.get("TaskFailed"));
    JobState later =
        after(failing, Jobs.reported(W, new TaskFailed(Jobs.ID, Jobs.failure("another"))));

    assertThat(later).isEqualTo(failing);
    assertThat(later.ending().orElseThrow().failure().orElseThrow().cause()).hasMessage("boom");
    assertThat(after(later, new CancelRequested())).isEqualTo(failing);
  }

  @Test
  void aBugEndsAJobInWhateverPhaseItIs() {
    IllegalStateException bug = new IllegalStateException("a bug");
    jobs.forEach(
        (phase, state) -> {
          Decision decision = JobLifecycle.fail(state, bug);
          if (phase.isTerminal() || phase == JobPhase.STOPPING) {
            assertThat(decision).isEqualTo(Decision.nothing(state));
          } else {
            assertThat(decision.next().ending().orElseThrow().outcome()).isEqualTo(JobPhase.FAILED);
            assertThat(decision.next().ending().orElseThrow().failure().orElseThrow().where())
                .isEqualTo("job-1 (" + phase + ")");
          }
        });
    assertThat(JobLifecycle.fail(jobs.get(JobPhase.SUBMITTED), bug).next().phase())
        .isEqualTo(JobPhase.FAILED);
  }

  @Test
  void everyWorkerIsWaitedForByName() {
    JobState running =
        after(JobState.submitted(Jobs.bounded()), new WorkersKnown(List.of("w1", "w2")));
    Decision stop = JobLifecycle.decide(running, new CancelRequested());
    assertThat(names(stop.actions())).isEqualTo("[Stop, Stop, Schedule StopOverdue]");

    JobStopped stopped = new JobStopped(Jobs.ID, new MetricsContainerStepMap());
    JobState one = after(stop.next(), Jobs.reported("w2", stopped));
    assertThat(one.phase()).isEqualTo(JobPhase.STOPPING);
    assertThat(one.ending().orElseThrow().missing()).containsExactly("w1");
    assertThat(after(one, Jobs.reported("w2", stopped))).as("repeated").isEqualTo(one);
    assertThat(after(one, Jobs.reported("w1", stopped)).phase()).isEqualTo(JobPhase.CANCELLED);
  }

  @Test
  void quiescenceIsToldToWhoAsked() {
    JobState state = after(jobs.get(JobPhase.RUNNING), events.get("QuiescenceWanted"));
    Decision second = JobLifecycle.decide(state, Jobs.reported(W, new Quiet(Jobs.ID, 1, 4, 4, 7)));
    assertThat(names(second.actions())).isEqualTo("[ProbeQuiescence]");
    Decision told =
        JobLifecycle.decide(second.next(), Jobs.reported(W, new Quiet(Jobs.ID, 2, 4, 4, 7)));
    assertThat(names(told.actions())).isEqualTo("[Quiescent]");
    assertThat(told.next().quiescence().wantsRound()).isFalse();
  }

  @Test
  void onlyATestStreamHasAManualClock() {
    assertThat(Jobs.testStream().hasManualClock()).isTrue();
    assertThat(Jobs.reading().hasManualClock()).isFalse();
    assertThat(Jobs.bounded().checkpointIntervalMs()).isZero();
  }

  private static String names(List<JobAction> actions) {
    return actions.stream().map(JobLifecycleTest::name).collect(Collectors.toList()).toString();
  }

  private static String name(JobAction action) {
    if (action instanceof JobAction.Tell tell) {
      return tell.command().getClass().getSimpleName();
    }
    if (action instanceof JobAction.Schedule schedule) {
      return "Schedule " + schedule.event().getClass().getSimpleName();
    }
    return action.getClass().getSimpleName();
  }
}
