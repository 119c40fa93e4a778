package dev.sluice.coordinator;

import dev.sluice.coordinator.JobEvent.WorkersKnown;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.protocol.WorkerEvent.CheckpointAcknowledged;
import dev.sluice.protocol.WorkerEvent.CheckpointReleased;
import dev.sluice.protocol.WorkerEvent.CheckpointWanted;
import dev.sluice.protocol.WorkerEvent.JobStopped;
import dev.sluice.protocol.WorkerEvent.SourcesSplit;
import dev.sluice.protocol.WorkerEvent.TaskFailed;
import dev.sluice.protocol.WorkerEvent.TaskFinished;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.state.storage.TaskSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A job that keeps checkpoints, driven by hand through the rules. Owned by the test. */
final class Driven {
  static final String W = "w1";

  JobState state;

  /** Everything that was to be done so far. */
  final List<JobAction> actions = new ArrayList<>();

  Driven(JobSpec spec) {
    state = JobState.submitted(spec);
  }

  /** At work, on one worker. */
  static Driven running() {
    Driven job = new Driven(Jobs.durable(new MemoryLedger()));
    job.begin();
    return job;
  }

  void begin() {
    happens(new WorkersKnown(List.of(W)));
    happens(
        new JobEvent.Reported(
            W, 0, new SourcesSplit(Jobs.ID, Map.of("read", List.of()), MetricBytes.NONE)));
  }

  /** What is to be done about an event. */
  String happens(JobEvent event) {
    Decision decision = JobLifecycle.decide(state, event);
    state = decision.next();
    actions.addAll(decision.actions());
    return Jobs.names(decision.actions());
  }

  /** What is to be done about a report of the attempt at hand. */
  String told(WorkerEvent event) {
    return told(state.attempt(), event);
  }

  String told(int attempt, WorkerEvent event) {
    return happens(Jobs.reported(W, attempt, event));
  }

  String fails(String transform) {
    return told(new TaskFailed(Jobs.ID, Jobs.failure(FailureKind.USER_CODE, transform, "boom")));
  }

  String stops() {
    return told(new JobStopped(Jobs.ID, MetricBytes.NONE));
  }

  String releases() {
    return told(new CheckpointReleased(Jobs.ID, state.checkpoints().begun()));
  }

  /** All tasks acknowledge the round at hand; what is to be done about the last of them. */
  String acknowledgeAll() {
    String last = "";
    for (TaskId task : state.placement().tasks()) {
      last = told(acknowledged(task));
    }
    return last;
  }

  CheckpointAcknowledged acknowledged(TaskId task) {
    long id = state.checkpoints().begun();
    SegmentRef segment =
        new SegmentRef("a%d/%s/e%d".formatted(state.attempt(), task, id), 1, 2, 0, 9);
    return new CheckpointAcknowledged(
        Jobs.ID, task, id, new TaskSnapshot(List.of(segment), 1), MetricBytes.NONE);
  }

  /** A periodic checkpoint, from its barrier to its release. */
  void checkpoint() {
    happens(new JobEvent.CheckpointDue(state.attempt(), state.checkpoints().begun()));
    acknowledgeAndStore();
    releases();
  }

  /** The round at hand, up to the moment from which on it is released. */
  void acknowledgeAndStore() {
    acknowledgeAll();
    happens(new JobEvent.CheckpointStored(state.checkpoints().begun()));
  }

  /** A task has no input any more and waits for a checkpoint. */
  String wants(TaskId task, long completed) {
    return told(new CheckpointWanted(Jobs.ID, task, completed));
  }

  void finishAll() {
    for (TaskId task : state.placement().tasks()) {
      told(new TaskFinished(Jobs.ID, task));
    }
  }

  /** The last of the commands of a kind. */
  <T extends WorkerCommand> T lastCommand(Class<T> kind) {
    return actions.stream()
        .filter(JobAction.Tell.class::isInstance)
        .map(action -> ((JobAction.Tell) action).command())
        .filter(kind::isInstance)
        .map(kind::cast)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  /** The last of the actions of a kind. */
  <T extends JobAction> T last(Class<T> kind) {
    return actions.stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }
}
