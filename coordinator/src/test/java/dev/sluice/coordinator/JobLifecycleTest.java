package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.JobEvent.CancelRequested;
import dev.sluice.coordinator.JobEvent.CheckpointDue;
import dev.sluice.coordinator.JobEvent.CheckpointNotStored;
import dev.sluice.coordinator.JobEvent.CheckpointOverdue;
import dev.sluice.coordinator.JobEvent.CheckpointStored;
import dev.sluice.coordinator.JobEvent.CloseOverdue;
import dev.sluice.coordinator.JobEvent.DrainRequested;
import dev.sluice.coordinator.JobEvent.EarlierFound;
import dev.sluice.coordinator.JobEvent.LedgerClosed;
import dev.sluice.coordinator.JobEvent.Reported;
import dev.sluice.coordinator.JobEvent.RestartDue;
import dev.sluice.coordinator.JobEvent.SavepointNotWritten;
import dev.sluice.coordinator.JobEvent.SavepointWanted;
import dev.sluice.coordinator.JobEvent.SavepointWritten;
import dev.sluice.coordinator.JobEvent.StopOverdue;
import dev.sluice.coordinator.JobEvent.WorkerLost;
import dev.sluice.coordinator.JobEvent.WorkersKnown;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.protocol.WorkerEvent.CheckpointAcknowledged;
import dev.sluice.protocol.WorkerEvent.CheckpointFailed;
import dev.sluice.protocol.WorkerEvent.CheckpointReleased;
import dev.sluice.protocol.WorkerEvent.CheckpointWanted;
import dev.sluice.protocol.WorkerEvent.ClockMoved;
import dev.sluice.protocol.WorkerEvent.JobStopped;
import dev.sluice.protocol.WorkerEvent.Metrics;
import dev.sluice.protocol.WorkerEvent.QuiescenceWanted;
import dev.sluice.protocol.WorkerEvent.Quiet;
import dev.sluice.protocol.WorkerEvent.SourcesSplit;
import dev.sluice.protocol.WorkerEvent.TaskFailed;
import dev.sluice.protocol.WorkerEvent.TaskFinished;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every event in every phase: where it leads, and what is done about it. */
class JobLifecycleTest {
  private static final String W = "w1";
  private static final SavepointRequest SAVEPOINT =
      new SavepointRequest(1, StorageLocation.of("there"), SavepointRequest.Then.GO_ON);

  /** One event of each kind, by the name of its class, for a job with this number of attempts. */
  private final Map<String, IntFunction<JobEvent>> events = new LinkedHashMap<>();

  /** A job with one worker in each phase that one comes to which keeps no checkpoints. */
  private final Map<JobPhase, JobState> jobs = new EnumMap<>(JobPhase.class);

  JobLifecycleTest() {
    add(new WorkersKnown(List.of(W)));
    add(new WorkerLost(W, "is silent"));
    add(new CancelRequested());
    add(new DrainRequested());
    add(new SavepointWanted(SAVEPOINT));
    add(new CheckpointDue(1, 0));
    add(new CheckpointOverdue(1));
    add(new CheckpointStored(1));
    add(new CheckpointNotStored(1, "full", false));
    add(new SavepointWritten(1, SAVEPOINT));
    add(new SavepointNotWritten(1, SAVEPOINT, "full"));
    add(new EarlierFound(Optional.empty()));
    add(new RestartDue(1));
    add(new StopOverdue(1));
    add(new LedgerClosed());
    add(new CloseOverdue());
    add(new SourcesSplit(Jobs.ID, Map.of(), MetricBytes.NONE));
    add(new TaskFinished(Jobs.ID, Jobs.task("s1", 0)));
    add(new TaskFailed(Jobs.ID, Jobs.failure("boom")));
    add(new JobStopped(Jobs.ID, MetricBytes.NONE));
    add(new QuiescenceWanted(Jobs.ID, Jobs.task("s1", 0)));
    add(new Quiet(Jobs.ID, 1, 0, 0, 0));
    add(new ClockMoved(Jobs.ID, 5));
    add(new CheckpointWanted(Jobs.ID, Jobs.task("s1", 0), -1));
    add(CheckpointAcknowledged.ofRelease(Jobs.ID, Jobs.task("s1", 0), 1));
    add(new CheckpointFailed(Jobs.ID, Jobs.task("s1", 0), 1, "full"));
    add(new CheckpointReleased(Jobs.ID, 1));
    add(new Metrics(Jobs.ID, 1, MetricBytes.NONE));
    reach(jobs, Jobs.reading());
  }

  private void reach(Map<JobPhase, JobState> reached, JobSpec spec) {
    JobState submitted = JobState.submitted(spec);
    JobState splitting = after(submitted, new WorkersKnown(List.of(W)));
    JobState running = after(splitting, "SourcesSplit");
    JobState completing = running;
    for (var task : running.unfinished()) {
      completing = after(completing, Jobs.reported(W, new TaskFinished(Jobs.ID, task)));
    }
    JobState stopping = after(running, new CancelRequested());
    for (JobState state : List.of(submitted, splitting, running, completing, stopping)) {
      reached.put(state.phase(), state);
    }
    if (spec.durability().isPresent()) {
      reached.put(JobPhase.RESTARTING, after(running, "TaskFailed"));
      return;
    }
    reached.put(JobPhase.CANCELLED, after(stopping, "JobStopped"));
    reached.put(JobPhase.FAILED, after(after(running, "TaskFailed"), "JobStopped"));
    reached.put(JobPhase.DONE, doneFrom(completing));
  }

  private JobState doneFrom(JobState completing) {
    JobState state = completing;
    for (var task : state.placement().tasks()) {
      state = after(state, Jobs.reported(W, CheckpointAcknowledged.ofRelease(Jobs.ID, task, 1)));
    }
    return after(after(state, "CheckpointReleased"), "JobStopped");
  }

  private void add(JobEvent event) {
    events.put(event.getClass().getSimpleName(), attempt -> event);
  }

  private void add(WorkerEvent event) {
    events.put(event.getClass().getSimpleName(), attempt -> Jobs.reported(W, attempt, event));
  }

  private JobEvent event(String kind, JobState state) {
    return events.get(kind).apply(state.attempt());
  }

  private JobState after(JobState state, String kind) {
    return after(state, event(kind, state));
  }

  private static JobState after(JobState state, JobEvent event) {
    return JobLifecycle.decide(state, event).next();
  }

  @Test
  void everyPhaseAndEveryKindOfEventIsCovered() {
    Set<JobPhase> covered = EnumSet.copyOf(jobs.keySet());
    covered.addAll(durableJobs().keySet());
    assertThat(covered).containsExactlyInAnyOrder(JobPhase.values());
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
    for (JobPhase phase : jobs.keySet()) {
      // It has no savepoints: such an answer is handed on if it comes, whatever it is about.
      expected.put(phase + "+SavepointWanted", phase + " [Answer]");
      expected.put(phase + "+SavepointWritten", phase + " [Answer]");
      expected.put(phase + "+SavepointNotWritten", phase + " [Answer]");
    }
    expected.put("SUBMITTED+WorkersKnown", "SPLITTING [SplitSources]");
    expected.put("SUBMITTED+CancelRequested", "CANCELLED []");
    expected.put("SUBMITTED+DrainRequested", "SUBMITTED []");
    expected.put("SPLITTING+DrainRequested", "SPLITTING []");
    expected.put("SPLITTING+WorkerLost", "SUBMITTED []");
    expected.put("RUNNING+DrainRequested", "RUNNING [Drain]");
    expected.put("RUNNING+WorkerLost", "FAILED [Stop]");
    expected.put("COMPLETING+DrainRequested", "COMPLETING [Drain]");
    expected.put("COMPLETING+WorkerLost", "FAILED [Stop]");
    expected.put(
        "COMPLETING+CheckpointFailed",
        "COMPLETING [Warn, AbandonCheckpoint, Schedule CheckpointDue]");
    expected.put("STOPPING+WorkerLost", "CANCELLED []");
    expected.put("SPLITTING+CancelRequested", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put(
        "SPLITTING+SourcesSplit", "RUNNING [BeginMetrics, Deploy, Schedule CheckpointDue]");
    expected.put("SPLITTING+TaskFailed", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put("RUNNING+CancelRequested", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put(
        "RUNNING+CheckpointDue", "RUNNING [TriggerCheckpoint, Schedule CheckpointOverdue]");
    expected.put(
        "RUNNING+CheckpointWanted", "RUNNING [TriggerCheckpoint, Schedule CheckpointOverdue]");
    expected.put("RUNNING+TaskFinished", "RUNNING []");
    expected.put("RUNNING+TaskFailed", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put("RUNNING+QuiescenceWanted", "RUNNING [ProbeQuiescence]");
    expected.put("RUNNING+ClockMoved", "RUNNING [SetClock]");
    expected.put("COMPLETING+CancelRequested", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put(
        "COMPLETING+CheckpointOverdue",
        "COMPLETING [Warn, AbandonCheckpoint, Schedule CheckpointDue]");
    expected.put("COMPLETING+TaskFailed", "STOPPING [Stop, Schedule StopOverdue]");
    expected.put("COMPLETING+QuiescenceWanted", "COMPLETING [ProbeQuiescence]");
    expected.put("COMPLETING+ClockMoved", "COMPLETING [SetClock]");
    expected.put("COMPLETING+CheckpointAcknowledged", "COMPLETING []");
    expected.put("STOPPING+StopOverdue", "CANCELLED [Warn]");
    expected.put("STOPPING+JobStopped", "CANCELLED []");

    assertThat(whatHappens(jobs)).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void whatEachEventComesToInEachPhaseOfAJobThatKeepsCheckpoints() {
    Map<String, String> expected = new LinkedHashMap<>();
    String stop = "STOPPING [Stop, Schedule StopOverdue]";
    String close = "STOPPING [CloseLedger, Schedule CloseOverdue]";
    String trigger = "RUNNING [TriggerCheckpoint, Schedule CheckpointOverdue]";
    String retry = "COMPLETING [Warn, AbandonCheckpoint, Schedule CheckpointDue]";
    String restart = "RESTARTING [Warn, Stop, Schedule StopOverdue]";
    String restartAtOnce = "RESTARTING [Stop, Warn, Schedule StopOverdue, Schedule RestartDue]";
    for (JobPhase phase : durableJobs().keySet()) {
      expected.put(phase + "+SavepointWanted", phase + " []");
      expected.put(phase + "+SavepointWritten", phase + " [Answer]");
      expected.put(phase + "+SavepointNotWritten", phase + " [Answer]");
      expected.put(phase + "+DrainRequested", phase + " []");
      expected.put(phase + "+CancelRequested", stop);
    }
    expected.put("SUBMITTED+WorkersKnown", "SPLITTING [SplitSources]");
    expected.put("SUBMITTED+CancelRequested", close);
    expected.put("SPLITTING+WorkerLost", "SUBMITTED []");
    expected.put(
        "SPLITTING+SourcesSplit", "RUNNING [BeginMetrics, Deploy, Schedule CheckpointDue]");
    expected.put("SPLITTING+TaskFailed", stop);
    expected.put("RUNNING+WorkerLost", restartAtOnce);
    expected.put("RUNNING+DrainRequested", "RUNNING [Drain]");
    expected.put("RUNNING+SavepointWanted", trigger);
    expected.put("RUNNING+CheckpointDue", trigger);
    expected.put("RUNNING+CheckpointWanted", trigger);
    expected.put("RUNNING+TaskFinished", "RUNNING []");
    expected.put("RUNNING+TaskFailed", restart);
    expected.put("RUNNING+QuiescenceWanted", "RUNNING [ProbeQuiescence]");
    expected.put("RUNNING+ClockMoved", "RUNNING [SetClock]");
    expected.put("COMPLETING+WorkerLost", restartAtOnce);
    expected.put("COMPLETING+DrainRequested", "COMPLETING [Drain]");
    expected.put("COMPLETING+CheckpointOverdue", retry);
    expected.put("COMPLETING+CheckpointFailed", retry);
    expected.put("COMPLETING+TaskFailed", restart);
    expected.put("COMPLETING+QuiescenceWanted", "COMPLETING [ProbeQuiescence]");
    expected.put("COMPLETING+ClockMoved", "COMPLETING [SetClock]");
    expected.put("COMPLETING+CheckpointAcknowledged", "COMPLETING []");
    expected.put("RESTARTING+CancelRequested", "STOPPING [Schedule StopOverdue]");
    expected.put("RESTARTING+WorkerLost", "RESTARTING [Schedule RestartDue]");
    expected.put("RESTARTING+StopOverdue", "STOPPING [Warn, CloseLedger, Schedule CloseOverdue]");
    expected.put("RESTARTING+JobStopped", "RESTARTING [Schedule RestartDue]");
    expected.remove("STOPPING+DrainRequested");
    expected.remove("STOPPING+CancelRequested");
    expected.put("STOPPING+SavepointWanted", "STOPPING [Answer]");
    expected.put("STOPPING+WorkerLost", close);
    expected.put("STOPPING+StopOverdue", "STOPPING [Warn, CloseLedger, Schedule CloseOverdue]");
    expected.put("STOPPING+JobStopped", close);

    assertThat(whatHappens(durableJobs())).containsExactlyInAnyOrderEntriesOf(expected);
  }

  private Map<JobPhase, JobState> durableJobs() {
    Map<JobPhase, JobState> reached = new EnumMap<>(JobPhase.class);
    reach(reached, Jobs.durable(new MemoryLedger()));
    return reached;
  }

  /** Of each event in each phase that comes to anything: the phase behind it, and the actions. */
  private Map<String, String> whatHappens(Map<JobPhase, JobState> states) {
    Map<String, String> actual = new LinkedHashMap<>();
    states.forEach(
        (phase, state) ->
            events.forEach(
                (kind, event) -> {
                  Decision decision = JobLifecycle.decide(state, event.apply(state.attempt()));
                  boolean onlyWorkers =
                      decision.actions().isEmpty()
                          && decision.next().knowing(state.workers()).equals(state);
                  if (!onlyWorkers) {
                    actual.put(
                        phase + "+" + kind,
                        decision.next().phase() + " " + Jobs.names(decision.actions()));
                  }
                }));
    return actual;
  }

  @Test
  void whatIsNotAskedForIsAskedForByNobody() {
    JobState bounded = after(JobState.submitted(Jobs.bounded()), new WorkersKnown(List.of(W)));
    assertThat(bounded.phase()).as("nothing to split").isEqualTo(JobPhase.RUNNING);

    Decision deployed =
        JobLifecycle.decide(JobState.submitted(Jobs.bounded()), new WorkersKnown(List.of(W)));
    assertThat(Jobs.names(deployed.actions()))
        .as("no periodic checkpoints")
        .isEqualTo("[BeginMetrics, Deploy]");

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
      told.add(Jobs.names(decision.actions()));
      state = decision.next();
    }
    assertThat(told).containsExactly("[]", "[]", "[]", "[CompleteCheckpoint, CommitMetrics]");

    Decision released = JobLifecycle.decide(state, event("CheckpointReleased", state));
    assertThat(Jobs.names(released.actions())).isEqualTo("[Stop, Schedule StopOverdue]");
    assertThat(after(released.next(), "JobStopped").phase()).isEqualTo(JobPhase.DONE);
  }

  @Test
  void aCheckpointAtHandIsWaitedForBeforeTheLastOne() {
    JobState state = after(jobs.get(JobPhase.RUNNING), new CheckpointDue(1, 0));
    for (var task : state.placement().tasks()) {
      state = after(state, Jobs.reported(W, new TaskFinished(Jobs.ID, task)));
    }
    assertThat(state.phase()).isEqualTo(JobPhase.COMPLETING);
    assertThat(state.round().orElseThrow().last()).isFalse();
    for (var task : state.placement().tasks()) {
      state = after(state, Jobs.reported(W, CheckpointAcknowledged.ofRelease(Jobs.ID, task, 1)));
    }

    state = after(state, "CheckpointReleased");

    assertThat(state.round().orElseThrow())
        .isEqualTo(
            CheckpointRound.begin(
                2, true, Optional.empty(), Long.MIN_VALUE, state.placement().tasks(), Set.of(W)));
  }

  @Test
  void aPeriodicCheckpointCommitsMetricsAndIsFollowedByTheNext() {
    JobState state = after(jobs.get(JobPhase.RUNNING), new CheckpointDue(1, 0));
    for (var task : state.placement().tasks()) {
      state = after(state, Jobs.reported(W, CheckpointAcknowledged.ofRelease(Jobs.ID, task, 1)));
    }
    Decision released = JobLifecycle.decide(state, event("CheckpointReleased", state));

    assertThat(Jobs.names(released.actions())).isEqualTo("[Schedule CheckpointDue]");
    assertThat(released.next().round()).isEmpty();
    assertThat(after(released.next(), new CheckpointDue(1, 1)).round().orElseThrow().id())
        .isEqualTo(2);
  }

  @Test
  void aCheckpointThatIsOverdueIsGivenUpAndSaysWhoIsMissing() {
    JobState state = after(jobs.get(JobPhase.RUNNING), new CheckpointDue(1, 0));
    Decision overdue = JobLifecycle.decide(state, new CheckpointOverdue(1));

    assertThat(Jobs.names(overdue.actions()))
        .isEqualTo("[Warn, AbandonCheckpoint, Schedule CheckpointDue]");
    assertThat(overdue.actions().get(0).toString()).contains("job-1").contains("s2/1");
    assertThat(after(overdue.next(), Jobs.reported(W, new CheckpointReleased(Jobs.ID, 1))))
        .as("a late answer")
        .isEqualTo(overdue.next());
  }

  @Test
  void theFirstFailureDecides() {
    JobState failing = after(jobs.get(JobPhase.RUNNING), "TaskFailed");
    JobState later =
        after(failing, Jobs.reported(W, new TaskFailed(Jobs.ID, Jobs.failure("another"))));

    assertThat(later).isEqualTo(failing);
    assertThat(later.ending().orElseThrow().failure().orElseThrow().message()).isEqualTo("boom");
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
    assertThat(running.involved()).as("as long as exchanges stay within one").containsExactly("w1");
    running = running.with(running.deployment().involving(Set.of("w1", "w2")));
    Decision stop = JobLifecycle.decide(running, new CancelRequested());
    assertThat(Jobs.names(stop.actions())).isEqualTo("[Stop, Stop, Schedule StopOverdue]");

    JobStopped stopped = new JobStopped(Jobs.ID, MetricBytes.NONE);
    JobState one = after(stop.next(), Jobs.reported("w2", stopped));
    assertThat(one.phase()).isEqualTo(JobPhase.STOPPING);
    assertThat(one.ending().orElseThrow().missing()).containsExactly("w1");
    assertThat(after(one, Jobs.reported("w2", stopped))).as("repeated").isEqualTo(one);
    assertThat(after(one, Jobs.reported("w1", stopped)).phase()).isEqualTo(JobPhase.CANCELLED);
  }

  @Test
  void quiescenceIsToldToWhoAsked() {
    JobState state = after(jobs.get(JobPhase.RUNNING), "QuiescenceWanted");
    Decision second = JobLifecycle.decide(state, Jobs.reported(W, new Quiet(Jobs.ID, 1, 4, 4, 7)));
    assertThat(Jobs.names(second.actions())).isEqualTo("[ProbeQuiescence]");
    Decision told =
        JobLifecycle.decide(second.next(), Jobs.reported(W, new Quiet(Jobs.ID, 2, 4, 4, 7)));
    assertThat(Jobs.names(told.actions())).isEqualTo("[Quiescent]");
    assertThat(told.next().deployment().quiescence().wantsRound()).isFalse();
  }

  @Test
  void onlyATestStreamHasAManualClock() {
    assertThat(Jobs.testStream().hasManualClock()).isTrue();
    assertThat(Jobs.reading().hasManualClock()).isFalse();
    assertThat(Jobs.bounded().checkpointIntervalMs()).isZero();
  }
}
