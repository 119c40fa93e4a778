package dev.sluice.coordinator;

import dev.sluice.coordinator.JobAction.BeginMetrics;
import dev.sluice.coordinator.JobAction.CloseLedger;
import dev.sluice.coordinator.JobAction.Schedule;
import dev.sluice.coordinator.JobAction.Tell;
import dev.sluice.coordinator.JobAction.Warn;
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
import dev.sluice.protocol.Attempt;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
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
import dev.sluice.protocol.world.Exceptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of a job's life. Pure functions: a decision depends on the job's state and the event
 * alone.
 *
 * <p>An event that comes too late, twice or of an attempt that is over is not an error: messages
 * cross each other. Such an event changes nothing. The end that was decided first counts: what
 * fails while a job is being stopped does not change that. Checkpoints and failures have their
 * rules in {@link CheckpointRules} and {@link RecoveryRules}.
 */
final class JobLifecycle {
  /** How long the threads of an attempt may take to end before there is no next attempt. */
  static final long STOP_LIMIT_MS = 30_000;

  /** How long the threads of a job may take to end before the job ends without them. */
  static final long END_LIMIT_MS = 10_000;

  private JobLifecycle() {}

  /** The decision on {@code event}. */
  static Decision decide(JobState now, JobEvent event) {
    if (event instanceof Reported reported) {
      return isOfThisAttempt(now, reported)
          ? reported(now, reported.worker(), reported.event())
          : Decision.nothing(now);
    }
    if (event instanceof WorkersKnown known) {
      return workersKnown(now.knowing(known.workers()));
    }
    if (event instanceof WorkerLost lost) {
      return RecoveryRules.workerLost(now, lost);
    }
    if (event instanceof CancelRequested) {
      return end(now, JobPhase.CANCELLED, Optional.empty());
    }
    if (event instanceof DrainRequested) {
      return drain(now);
    }
    if (event instanceof RestartDue due) {
      return RecoveryRules.restartDue(now, due);
    }
    if (event instanceof EarlierFound found) {
      return RecoveryRules.earlierFound(now, found);
    }
    if (event instanceof StopOverdue overdue) {
      return stopOverdue(now, overdue);
    }
    if (event instanceof LedgerClosed) {
      return closed(now, List.of());
    }
    if (event instanceof CloseOverdue) {
      String warning =
          "the checkpoints of job %s could not be closed in %d s: their storage does not answer"
              .formatted(job(now), STOP_LIMIT_MS / 1000);
      return closed(now, List.of(new Warn(warning)));
    }
    return ofCheckpoints(now, event);
  }

  private static Decision ofCheckpoints(JobState now, JobEvent event) {
    if (event instanceof CheckpointDue due) {
      return CheckpointRules.due(now, due);
    }
    if (event instanceof CheckpointOverdue overdue) {
      return CheckpointRules.overdue(now, overdue);
    }
    if (event instanceof CheckpointStored stored) {
      return CheckpointRules.stored(now, stored.checkpoint());
    }
    if (event instanceof CheckpointNotStored notStored) {
      return CheckpointRules.notStored(now, notStored);
    }
    if (event instanceof SavepointWanted wanted) {
      return CheckpointRules.savepointWanted(now, wanted.wanted());
    }
    if (event instanceof SavepointWritten written) {
      return CheckpointRules.savepointWritten(now, written);
    }
    if (event instanceof SavepointNotWritten notWritten) {
      return CheckpointRules.savepointNotWritten(now, notWritten);
    }
    throw new IllegalArgumentException("not an event of a job: " + event);
  }

  private static Decision reported(JobState now, String worker, WorkerEvent event) {
    if (event instanceof SourcesSplit split) {
      return now.phase() == JobPhase.SPLITTING
          ? deploy(now.with(now.deployment().with(merged(now, split), split.metrics())))
          : Decision.nothing(now);
    }
    if (event instanceof TaskFinished finished) {
      return taskFinished(now, finished.task());
    }
    if (event instanceof TaskFailed failed) {
      return RecoveryRules.failed(now, failed.failure());
    }
    if (event instanceof JobStopped) {
      return now.phase() == JobPhase.RESTARTING
          ? RecoveryRules.stopped(now, worker)
          : jobStopped(now, worker);
    }
    if (event instanceof QuiescenceWanted wanted) {
      return now.isAtWork()
          ? quiescence(now, now.deployment().quiescence().askedBy(wanted.task()))
          : Decision.nothing(now);
    }
    if (event instanceof Quiet quiet) {
      return now.isAtWork()
          ? quiescence(now, now.deployment().quiescence().answeredBy(worker, quiet))
          : Decision.nothing(now);
    }
    if (event instanceof ClockMoved moved) {
      return clockMoved(now, moved.nowMs());
    }
    if (event instanceof CheckpointWanted wanted) {
      return CheckpointRules.wanted(now, wanted);
    }
    if (event instanceof CheckpointAcknowledged acknowledged) {
      return CheckpointRules.acknowledged(now, acknowledged);
    }
    if (event instanceof CheckpointFailed failed) {
      return CheckpointRules.failed(now, failed);
    }
    if (event instanceof CheckpointReleased released) {
      return CheckpointRules.released(now, worker, released.checkpoint());
    }
    if (event instanceof Metrics) {
      // Metrics are gathered beside the job's life and decide nothing in it.
      return Decision.nothing(now);
    }
    throw new IllegalArgumentException("not an event of a worker: " + event);
  }

  /**
   * Whether a report is about the current attempt. A worker that has nothing of the job any more,
   * or not yet, reports so under no attempt.
   */
  static boolean isOfThisAttempt(JobState now, Reported report) {
    return report.attempt() == now.attempt()
        || (report.attempt() == Envelope.BEFORE_ANY && report.event() instanceof JobStopped);
  }

  // Start.

  /** Starts what waited for a worker. */
  static Decision workersKnown(JobState now) {
    return switch (now.phase()) {
      case SUBMITTED -> now.workers().isEmpty() ? Decision.nothing(now) : start(now);
      case RESTARTING -> RecoveryRules.startIfPossible(now);
      case SPLITTING, RUNNING, COMPLETING, STOPPING, DONE, FAILED, CANCELLED ->
          Decision.nothing(now);
    };
  }

  private static Decision start(JobState now) {
    JobSpec spec = now.spec();
    if (spec.graph().stages().isEmpty()) {
      return end(now, JobPhase.DONE, Optional.empty());
    }
    Map<String, List<SourceSplit>> known =
        now.checkpoints().stored().map(spec::splitsOf).orElse(Map.of());
    JobState knowing = now.with(now.deployment().with(known));
    if (!spec.hasSourcesToSplit(known)) {
      return deploy(knowing);
    }
    String splitter = now.workers().get(0);
    WorkerCommand split =
        new WorkerCommand.SplitSources(
            spec.id(), spec.submission().program(), known, spec.settings().parallelism());
    return new Decision(
        knowing.with(knowing.deployment().involving(Set.of(splitter))).advanced(JobPhase.SPLITTING),
        List.of(new Tell(splitter, split)));
  }

  /**
   * Sources that a checkpoint knows keep its splits, with what was added to them; the others have
   * those just made.
   */
  private static Map<String, List<SourceSplit>> merged(JobState now, SourcesSplit made) {
    Map<String, List<SourceSplit>> all = new LinkedHashMap<>(now.deployment().splits());
    all.putAll(made.splits());
    return all;
  }

  /** The next attempt, from the newest stored checkpoint. */
  static Decision deploy(JobState now) {
    JobSpec spec = now.spec();
    Placement placement =
        Placement.of(spec.graph(), spec.settings().parallelism(), now.workers().get(0));
    Deployment deployment = now.deployment().next(placement, now.checkpoints().stored());
    Optional<JobStorage> storage =
        spec.durability().map(d -> d.ledger().storageOf(deployment.attempt()));
    List<JobAction> actions = new ArrayList<>();
    actions.add(new BeginMetrics(deployment.metricsBefore()));
    placement
        .tasksByWorker()
        .forEach(
            (worker, tasks) -> {
              Share share = Share.of(spec, tasks);
              Attempt attempt =
                  new Attempt(
                      deployment.attempt(),
                      storage,
                      deployment.from().map(share::restorePoint),
                      now.draining());
              actions.add(
                  new Tell(
                      worker,
                      new WorkerCommand.Deploy(
                          spec.id(),
                          spec.submission().program(),
                          tasks,
                          share.splits(deployment.splits()),
                          spec.settings().parallelism(),
                          spec.hasManualClock(),
                          attempt)));
            });
    JobState running = now.with(deployment).advanced(JobPhase.RUNNING);
    return new Decision(running, actions).then(CheckpointRules::next);
  }

  // Work.

  private static Decision taskFinished(JobState now, TaskId task) {
    if (now.phase() != JobPhase.RUNNING) {
      return Decision.nothing(now);
    }
    JobState then = now.with(now.deployment().finished(task));
    if (!then.unfinished().isEmpty()) {
      return Decision.nothing(then);
    }
    JobState completing = then.advanced(JobPhase.COMPLETING);
    return completing.round().isPresent()
        ? Decision.nothing(completing)
        : CheckpointRules.next(completing);
  }

  private static Decision quiescence(JobState now, Quiescence asked) {
    List<JobAction> actions = new ArrayList<>();
    Quiescence then = asked;
    if (then.isProven()) {
      for (TaskId task : then.asking()) {
        actions.add(
            new Tell(now.placement().workerOf(task), new WorkerCommand.Quiescent(job(now), task)));
      }
      then = then.answered();
    }
    if (then.wantsRound()) {
      then = then.beginRound(now.involved());
      actions.addAll(tellAll(now, new WorkerCommand.ProbeQuiescence(job(now), then.round())));
    }
    return new Decision(now.with(now.deployment().with(then)), actions);
  }

  private static Decision clockMoved(JobState now, long nowMs) {
    return now.isAtWork()
        ? new Decision(
            now.with(now.deployment().clockAt(nowMs)),
            tellAll(now, new WorkerCommand.SetClock(job(now), nowMs)))
        : Decision.nothing(now);
  }

  /** The sources are to stop, now or as soon as there are any. */
  static Decision drain(JobState now) {
    if (now.draining() || now.phase() == JobPhase.STOPPING || now.phase().isTerminal()) {
      return Decision.nothing(now);
    }
    return new Decision(
        now.drained(),
        now.isAtWork() ? tellAll(now, new WorkerCommand.Drain(job(now))) : List.of());
  }

  // End.

  /** Stops what there is of a job; nothing changes if it is being stopped already. */
  static Decision end(JobState now, JobPhase outcome, Optional<Failure> failure) {
    if (now.phase() == JobPhase.STOPPING || now.phase().isTerminal()) {
      return Decision.nothing(now);
    }
    List<JobAction> actions = new ArrayList<>();
    Set<String> missing = now.involved();
    if (now.phase() == JobPhase.RESTARTING) {
      missing = now.recovery().restart().orElseThrow().missing();
    } else if (!missing.isEmpty()) {
      actions.addAll(tellAll(now, new WorkerCommand.Stop(job(now))));
    }
    if (!missing.isEmpty()) {
      actions.add(new Schedule(new StopOverdue(now.attempt()), END_LIMIT_MS));
    }
    Ending ending = Ending.of(outcome, failure, missing);
    return CheckpointRules.refuseAll(now, "the job is ending (" + outcome + ")")
        .then(then -> new Decision(then.with(ending).advanced(JobPhase.STOPPING), actions))
        .then(JobLifecycle::closeIfStopped);
  }

  /** The end of a job for which the rules above have no answer: a bug. */
  static Decision fail(JobState now, Throwable bug) {
    return end(
        now,
        JobPhase.FAILED,
        Optional.of(
            Failure.of(
                FailureKind.ENGINE_BUG,
                "",
                "%s (%s)".formatted(job(now), now.phase()),
                bug,
                Exceptions.NOT_KEPT)));
  }

  static Decision jobStopped(JobState now, String worker) {
    if (now.phase() != JobPhase.STOPPING
        || !now.ending().orElseThrow().missing().contains(worker)) {
      return Decision.nothing(now);
    }
    return closeIfStopped(now.with(now.ending().orElseThrow().stoppedBy(worker)));
  }

  private static Decision stopOverdue(JobState now, StopOverdue overdue) {
    if (now.phase() == JobPhase.RESTARTING) {
      return RecoveryRules.stopOverdue(now, overdue);
    }
    if (now.phase() != JobPhase.STOPPING || now.ending().orElseThrow().missing().isEmpty()) {
      return Decision.nothing(now);
    }
    Ending ending = now.ending().orElseThrow();
    String warning =
        "threads of job %s on %s have not ended %d s after they were asked to; the job is %s without them"
            .formatted(job(now), ending.missing(), END_LIMIT_MS / 1000, ending.outcome());
    Ending without = Ending.of(ending.outcome(), ending.failure(), Set.of());
    return new Decision(now.with(without), List.of(new Warn(warning)))
        .then(JobLifecycle::closeIfStopped);
  }

  /** No thread is left: what the job has kept is closed, and then it has ended. */
  private static Decision closeIfStopped(JobState now) {
    Ending ending = now.ending().orElseThrow();
    if (!ending.missing().isEmpty()) {
      return Decision.nothing(now);
    }
    return now.isDurable()
        ? new Decision(
            now,
            List.of(
                new CloseLedger(ending.outcome()), new Schedule(new CloseOverdue(), STOP_LIMIT_MS)))
        : Decision.nothing(now.advanced(ending.outcome()));
  }

  private static Decision closed(JobState now, List<JobAction> actions) {
    return now.phase() == JobPhase.STOPPING && now.ending().orElseThrow().missing().isEmpty()
        ? new Decision(now.advanced(now.ending().orElseThrow().outcome()), actions)
        : Decision.nothing(now);
  }

  // Shared.

  static List<JobAction> tellAll(JobState now, WorkerCommand command) {
    List<JobAction> actions = new ArrayList<>();
    for (String worker : now.involved()) {
      actions.add(new Tell(worker, command));
    }
    return actions;
  }

  private static JobId job(JobState now) {
    return now.spec().id();
  }
}
