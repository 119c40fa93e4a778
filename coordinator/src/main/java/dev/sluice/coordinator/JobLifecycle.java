package dev.sluice.coordinator;

import dev.sluice.coordinator.JobAction.CommitMetrics;
import dev.sluice.coordinator.JobAction.Schedule;
import dev.sluice.coordinator.JobAction.Tell;
import dev.sluice.coordinator.JobAction.Warn;
import dev.sluice.coordinator.JobEvent.CancelRequested;
import dev.sluice.coordinator.JobEvent.CheckpointDue;
import dev.sluice.coordinator.JobEvent.CheckpointOverdue;
import dev.sluice.coordinator.JobEvent.Reported;
import dev.sluice.coordinator.JobEvent.StopOverdue;
import dev.sluice.coordinator.JobEvent.WorkersKnown;
import dev.sluice.worker.protocol.Attempt;
import dev.sluice.worker.protocol.Barrier;
import dev.sluice.worker.protocol.Failure;
import dev.sluice.worker.protocol.FailureKind;
import dev.sluice.worker.protocol.JobId;
import dev.sluice.worker.protocol.SourceSplit;
import dev.sluice.worker.protocol.TaskId;
import dev.sluice.worker.protocol.WorkerCommand;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of a job's life: what each event comes to in each state. Pure functions.
 *
 * <p>Always true: an event that comes late, twice or in a phase in which nobody waits for it
 * changes nothing, so messages that cross each other need no thought of whoever sends them. The
 * first failure or cancellation decides how the job ends; what fails while it is being stopped does
 * not change that.
 */
final class JobLifecycle {
  /** How long a checkpoint may take before it is given up. */
  static final long CHECKPOINT_LIMIT_MS = 600_000;

  /** How long the threads of a stopped job may take to end before the job ends without them. */
  static final long STOP_LIMIT_MS = 30_000;

  private JobLifecycle() {}

  /** What {@code event} comes to. */
  static Decision decide(JobState now, JobEvent event) {
    if (event instanceof Reported reported) {
      return reported(now, reported.worker(), reported.event());
    }
    if (event instanceof WorkersKnown known) {
      return start(now, known.workers());
    }
    if (event instanceof CancelRequested) {
      return cancel(now);
    }
    if (event instanceof CheckpointDue) {
      return checkpointDue(now);
    }
    if (event instanceof CheckpointOverdue overdue) {
      return checkpointOverdue(now, overdue.checkpoint());
    }
    if (event instanceof StopOverdue) {
      return stopOverdue(now);
    }
    throw new IllegalArgumentException("not an event of a job: " + event);
  }

  private static Decision reported(JobState now, String worker, WorkerEvent event) {
    if (event instanceof SourcesSplit split) {
      return now.phase() == JobPhase.SPLITTING
          ? deploy(now, split.splits())
          : Decision.nothing(now);
    }
    if (event instanceof TaskFinished finished) {
      return taskFinished(now, finished.task());
    }
    if (event instanceof TaskFailed failed) {
      return stop(now, JobPhase.FAILED, Optional.of(failed.failure()));
    }
    if (event instanceof JobStopped) {
      return jobStopped(now, worker);
    }
    if (event instanceof QuiescenceWanted wanted) {
      return isAtWork(now)
          ? quiescence(now, now.quiescence().askedBy(wanted.task()))
          : Decision.nothing(now);
    }
    if (event instanceof Quiet quiet) {
      return isAtWork(now)
          ? quiescence(now, now.quiescence().answeredBy(worker, quiet))
          : Decision.nothing(now);
    }
    if (event instanceof ClockMoved moved) {
      return clockMoved(now, moved.nowMs());
    }
    if (event instanceof CheckpointAcknowledged acknowledged) {
      return acknowledged(now, acknowledged.task(), acknowledged.checkpoint());
    }
    if (event instanceof CheckpointReleased released) {
      return released(now, worker, released.checkpoint());
    }
    if (event instanceof Metrics || event instanceof WorkerEvent.CheckpointFailed) {
      // Metrics are gathered beside the job's life and decide nothing in it.
      return Decision.nothing(now);
    }
    throw new IllegalArgumentException("not an event of a worker: " + event);
  }

  // Start.

  private static Decision start(JobState now, List<String> workers) {
    if (now.phase() != JobPhase.SUBMITTED || workers.isEmpty()) {
      return Decision.nothing(now);
    }
    JobSpec spec = now.spec();
    Placement placement = Placement.of(spec.graph(), spec.settings().parallelism(), workers);
    if (placement.workers().isEmpty()) {
      // A pipeline without any transform.
      return new Decision(now.advanced(JobPhase.DONE), List.of());
    }
    JobState placed = now.placed(placement);
    if (!spec.hasSourcesToSplit()) {
      return deploy(placed, Map.of());
    }
    String splitter = placement.workers().iterator().next();
    WorkerCommand split =
        new WorkerCommand.SplitSources(
            spec.id(), spec.graph(), spec.options(), spec.loader(), spec.settings().parallelism());
    return new Decision(
        placed.involving(Set.of(splitter)).advanced(JobPhase.SPLITTING),
        List.of(new Tell(splitter, split)));
  }

  private static Decision deploy(JobState now, Map<String, List<SourceSplit>> splits) {
    JobSpec spec = now.spec();
    List<JobAction> actions = new ArrayList<>();
    now.placement()
        .tasksByWorker()
        .forEach(
            (worker, tasks) ->
                actions.add(
                    new Tell(
                        worker,
                        new WorkerCommand.Deploy(
                            spec.id(),
                            spec.graph(),
                            spec.options(),
                            spec.loader(),
                            tasks,
                            splits,
                            spec.settings().parallelism(),
                            spec.hasManualClock(),
                            Attempt.withoutStorage()))));
    actions.addAll(scheduleCheckpoint(spec));
    return new Decision(
        now.involving(now.placement().workers()).advanced(JobPhase.RUNNING), actions);
  }

  // Checkpoints.

  private static List<JobAction> scheduleCheckpoint(JobSpec spec) {
    long intervalMs = spec.checkpointIntervalMs();
    return intervalMs > 0 ? List.of(new Schedule(new CheckpointDue(), intervalMs)) : List.of();
  }

  private static Decision checkpointDue(JobState now) {
    return now.phase() == JobPhase.RUNNING && now.round().isEmpty()
        ? beginRound(now, false)
        : Decision.nothing(now);
  }

  private static Decision beginRound(JobState now, boolean last) {
    long id = now.checkpoints() + 1;
    CheckpointRound round =
        CheckpointRound.begin(id, last, now.placement().tasks(), now.involved());
    List<JobAction> actions =
        tellAll(now, new WorkerCommand.TriggerCheckpoint(job(now), id, Barrier.RELEASE));
    actions.add(new Schedule(new CheckpointOverdue(id), CHECKPOINT_LIMIT_MS));
    return new Decision(now.begun(round), actions);
  }

  private static Decision acknowledged(JobState now, TaskId task, long checkpoint) {
    Optional<CheckpointRound> atHand = roundAtHand(now, checkpoint);
    if (atHand.isEmpty() || atHand.get().isAcknowledged()) {
      return Decision.nothing(now);
    }
    CheckpointRound round = atHand.get().acknowledgedBy(task);
    return new Decision(
        now.with(Optional.of(round)),
        round.isAcknowledged()
            ? tellAll(now, new WorkerCommand.CompleteCheckpoint(job(now), checkpoint))
            : List.of());
  }

  private static Decision released(JobState now, String worker, long checkpoint) {
    Optional<CheckpointRound> atHand = roundAtHand(now, checkpoint);
    if (atHand.isEmpty()) {
      return Decision.nothing(now);
    }
    CheckpointRound round = atHand.get().releasedBy(worker);
    if (!round.isOver()) {
      return new Decision(now.with(Optional.of(round)), List.of());
    }
    JobState over = now.with(Optional.empty());
    if (now.phase() == JobPhase.RUNNING) {
      List<JobAction> actions = new ArrayList<>();
      actions.add(new CommitMetrics());
      actions.addAll(scheduleCheckpoint(now.spec()));
      return new Decision(over, actions);
    }
    return round.last() ? stop(over, JobPhase.DONE, Optional.empty()) : beginRound(over, true);
  }

  private static Decision checkpointOverdue(JobState now, long checkpoint) {
    Optional<CheckpointRound> atHand = roundAtHand(now, checkpoint);
    if (atHand.isEmpty()) {
      return Decision.nothing(now);
    }
    CheckpointRound round = atHand.get();
    String late =
        "checkpoint %d of job %s is not complete after %d s; missing are the acknowledgements of %s, the releases of %s"
            .formatted(
                checkpoint,
                job(now),
                CHECKPOINT_LIMIT_MS / 1000,
                round.missing(),
                round.unreleased());
    JobState without = now.with(Optional.empty());
    if (round.last()) {
      return stop(without, JobPhase.FAILED, Optional.of(bug(now, late)));
    }
    List<JobAction> actions = new ArrayList<>();
    actions.add(new Warn(late + "; it is given up"));
    if (now.phase() == JobPhase.RUNNING) {
      actions.addAll(scheduleCheckpoint(now.spec()));
      return new Decision(without, actions);
    }
    Decision last = beginRound(without, true);
    actions.addAll(last.actions());
    return new Decision(last.next(), actions);
  }

  /** The round {@code checkpoint}, if it is the one that everybody still works for. */
  private static Optional<CheckpointRound> roundAtHand(JobState now, long checkpoint) {
    return isAtWork(now) ? now.round().filter(round -> round.id() == checkpoint) : Optional.empty();
  }

  // Work.

  private static Decision taskFinished(JobState now, TaskId task) {
    if (now.phase() != JobPhase.RUNNING) {
      return Decision.nothing(now);
    }
    JobState then = now.finished(task);
    if (!then.unfinished().isEmpty()) {
      return Decision.nothing(then);
    }
    JobState completing = then.advanced(JobPhase.COMPLETING);
    return completing.round().isPresent()
        ? Decision.nothing(completing)
        : beginRound(completing, true);
  }

  private static Decision quiescence(JobState now, Quiescence asked) {
    List<JobAction> actions = new ArrayList<>();
    Quiescence then = asked;
    if (then.isProven()) {
      for (TaskId task : then.asking()) {
        actions.add(
            new Tell(now.placement().workerOf(task), new WorkerCommand.Quiescent(job(now), task)));
      }
      then = then.told();
    }
    if (then.wantsRound()) {
      then = then.beginRound(now.involved());
      actions.addAll(tellAll(now, new WorkerCommand.ProbeQuiescence(job(now), then.round())));
    }
    return new Decision(now.with(then), actions);
  }

  private static Decision clockMoved(JobState now, long nowMs) {
    return isAtWork(now)
        ? new Decision(now, tellAll(now, new WorkerCommand.SetClock(job(now), nowMs)))
        : Decision.nothing(now);
  }

  // End.

  private static Decision cancel(JobState now) {
    return now.phase() == JobPhase.SUBMITTED
        ? Decision.nothing(now.advanced(JobPhase.CANCELLED))
        : stop(now, JobPhase.CANCELLED, Optional.empty());
  }

  private static Decision stop(JobState now, JobPhase outcome, Optional<Failure> failure) {
    if (now.phase() != JobPhase.SPLITTING && !isAtWork(now)) {
      return Decision.nothing(now);
    }
    List<JobAction> actions = tellAll(now, new WorkerCommand.Stop(job(now)));
    actions.add(new Schedule(new StopOverdue(), STOP_LIMIT_MS));
    return new Decision(
        now.with(Ending.of(outcome, failure, now.involved())).advanced(JobPhase.STOPPING), actions);
  }

  /** The end of a job for which the rules above have no answer: a bug. */
  static Decision fail(JobState now, RuntimeException bug) {
    Optional<Failure> failure =
        Optional.of(
            new Failure(
                FailureKind.ENGINE_BUG, "", "%s (%s)".formatted(job(now), now.phase()), bug));
    return now.phase() == JobPhase.SUBMITTED
        ? Decision.nothing(
            now.with(Ending.of(JobPhase.FAILED, failure, now.involved())).advanced(JobPhase.FAILED))
        : stop(now, JobPhase.FAILED, failure);
  }

  private static Decision jobStopped(JobState now, String worker) {
    if (now.phase() != JobPhase.STOPPING) {
      return Decision.nothing(now);
    }
    Ending ending = now.ending().orElseThrow().stoppedBy(worker);
    JobState then = now.with(ending);
    return Decision.nothing(ending.missing().isEmpty() ? then.advanced(ending.outcome()) : then);
  }

  private static Decision stopOverdue(JobState now) {
    if (now.phase() != JobPhase.STOPPING) {
      return Decision.nothing(now);
    }
    Ending ending = now.ending().orElseThrow();
    String warning =
        "threads of job %s on %s have not ended %d s after they were told to; the job is %s without them"
            .formatted(job(now), ending.missing(), STOP_LIMIT_MS / 1000, ending.outcome());
    return new Decision(now.advanced(ending.outcome()), List.of(new Warn(warning)));
  }

  // Shared.

  /** Whether tasks are deployed and not yet told to stop. */
  private static boolean isAtWork(JobState now) {
    return now.phase() == JobPhase.RUNNING || now.phase() == JobPhase.COMPLETING;
  }

  private static JobId job(JobState now) {
    return now.spec().id();
  }

  private static List<JobAction> tellAll(JobState now, WorkerCommand command) {
    List<JobAction> actions = new ArrayList<>();
    for (String worker : now.involved()) {
      actions.add(new Tell(worker, command));
    }
    return actions;
  }

  private static Failure bug(JobState now, String message) {
    return new Failure(
        FailureKind.ENGINE_BUG, "", job(now).toString(), new IllegalStateException(message));
  }
}
