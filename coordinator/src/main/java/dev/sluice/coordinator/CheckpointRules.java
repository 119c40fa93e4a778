package dev.sluice.coordinator;

import dev.sluice.coordinator.CheckpointRound.Step;
import dev.sluice.coordinator.JobAction.Answer;
import dev.sluice.coordinator.JobAction.CommitMetrics;
import dev.sluice.coordinator.JobAction.Schedule;
import dev.sluice.coordinator.JobAction.Store;
import dev.sluice.coordinator.JobAction.Warn;
import dev.sluice.coordinator.JobAction.WriteSavepoint;
import dev.sluice.coordinator.JobEvent.CheckpointDue;
import dev.sluice.coordinator.JobEvent.CheckpointNotStored;
import dev.sluice.coordinator.JobEvent.CheckpointOverdue;
import dev.sluice.coordinator.JobEvent.SavepointNotWritten;
import dev.sluice.coordinator.JobEvent.SavepointWritten;
import dev.sluice.protocol.Barrier;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.SavepointRequest.Then;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent.CheckpointAcknowledged;
import dev.sluice.protocol.WorkerEvent.CheckpointFailed;
import dev.sluice.protocol.WorkerEvent.CheckpointWanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of a job's checkpoints and savepoints, a part of {@link JobLifecycle}. Pure functions.
 *
 * <p>There is at most one round at a time. In a job with a ledger nothing is released before the
 * ledger has said that the checkpoint is stored. While a round is being stored it is never
 * abandoned, because nobody knows how that will end. A round that somebody waits for begins at
 * once; the interval applies to the others.
 */
final class CheckpointRules {
  /** How long a round that somebody waits for is put off after a first one that failed. */
  static final long RETRY_MS = 1_000;

  /** How long it is put off at most, after several. */
  static final long LONGEST_RETRY_MS = 60_000;

  private CheckpointRules() {}

  // Begin.

  /** What is next when there is no current round. */
  static Decision next(JobState now) {
    if (now.phase() == JobPhase.COMPLETING) {
      return begin(now, true, Optional.empty());
    }
    return isNeeded(now)
        ? begin(now, false, wantedNow(now))
        : new Decision(now, schedule(now, now.spec().checkpointIntervalMs()));
  }

  /** Whether somebody waits for a round, so that it does not wait for its time. */
  private static boolean isNeeded(JobState now) {
    return now.phase() == JobPhase.COMPLETING
        || wantedNow(now).isPresent()
        || now.waiting().isPresent();
  }

  /** The next savepoint to take while the job still works. */
  private static Optional<SavepointRequest> wantedNow(JobState now) {
    return now.checkpoints().wanted().stream().filter(w -> w.then() != Then.DRAIN).findFirst();
  }

  private static List<JobAction> schedule(JobState now, long intervalMs) {
    CheckpointDue due = new CheckpointDue(now.attempt(), now.checkpoints().begun());
    return intervalMs > 0 ? List.of(new Schedule(due, intervalMs)) : List.of();
  }

  static Decision due(JobState now, CheckpointDue due) {
    boolean stale = due.attempt() != now.attempt() || due.after() != now.checkpoints().begun();
    if (stale || !now.isAtWork() || now.round().isPresent()) {
      return Decision.nothing(now);
    }
    return now.phase() == JobPhase.COMPLETING
        ? begin(now, true, Optional.empty())
        : begin(now, false, wantedNow(now));
  }

  static Decision begin(JobState now, boolean last, Optional<SavepointRequest> savepoint) {
    long id = now.checkpoints().begun() + 1;
    CheckpointRound round =
        CheckpointRound.begin(
            id,
            last,
            savepoint,
            now.deployment().jobClockMs(),
            now.placement().tasks(),
            now.involved());
    Barrier barrier =
        !now.isDurable() ? Barrier.RELEASE : round.halts() ? Barrier.SAVE_AND_HALT : Barrier.SAVE;
    JobState begun = now.with(now.checkpoints().begun(round));
    return new Decision(
            begun,
            JobLifecycle.tellAll(
                now, new WorkerCommand.TriggerCheckpoint(now.spec().id(), id, barrier)))
        .and(overdueLater(now, id));
  }

  private static List<JobAction> overdueLater(JobState now, long id) {
    return List.of(
        new Schedule(new CheckpointOverdue(id), now.spec().settings().checkpoints().timeoutMs()));
  }

  /** A task can do nothing more before another checkpoint is complete. */
  static Decision wanted(JobState now, CheckpointWanted wanted) {
    boolean passed =
        now.round()
            .filter(round -> round.step() == Step.RELEASING && round.id() > wanted.completed())
            .isPresent();
    if (now.phase() != JobPhase.RUNNING || passed) {
      // What it waited for when it said so is being released.
      return Decision.nothing(now);
    }
    JobState waiting = now.with(now.deployment().waitingFor(wanted.task()));
    if (waiting.round().isPresent()) {
      return Decision.nothing(waiting);
    }
    return now.checkpoints().failures() == 0 ? next(waiting) : later(waiting);
  }

  static Decision savepointWanted(JobState now, SavepointRequest wanted) {
    if (now.phase() == JobPhase.STOPPING || now.phase().isTerminal()) {
      return new Decision(now, List.of(refuse(now, wanted, "the job is ending")));
    }
    if (!now.isDurable()) {
      return new Decision(
          now,
          List.of(
              refuse(
                  now,
                  wanted,
                  "the job keeps no checkpoints to make one of; give it --jobName and --checkpointStorage")));
    }
    List<SavepointRequest> more = new ArrayList<>(now.checkpoints().wanted());
    more.add(wanted);
    JobState wanting = now.with(now.checkpoints().wanting(more));
    if (wanted.then() == Then.DRAIN) {
      return JobLifecycle.drain(wanting);
    }
    return wanting.phase() == JobPhase.RUNNING && wanting.round().isEmpty()
        ? next(wanting)
        : Decision.nothing(wanting);
  }

  // On its way.

  static Decision acknowledged(JobState now, CheckpointAcknowledged report) {
    Optional<CheckpointRound> atHand = roundIn(now, Step.ACKNOWLEDGING, report.checkpoint());
    if (atHand.isEmpty()) {
      return Decision.nothing(now);
    }
    CheckpointRound round = atHand.get().acknowledgedBy(report);
    if (!round.isAcknowledged()) {
      return Decision.nothing(with(now, round));
    }
    if (!now.isDurable()) {
      return release(with(now, round), SavedCheckpoints.metricsOf(now, round));
    }
    return new Decision(
        with(now, round.in(Step.STORING)), List.of(new Store(SavedCheckpoints.of(now, round))));
  }

  static Decision stored(JobState now, long checkpoint) {
    Optional<CheckpointRound> atHand = roundBeing(now, Step.STORING, checkpoint);
    if (atHand.isEmpty()) {
      return Decision.nothing(now);
    }
    CheckpointRound round = atHand.get();
    SavedCheckpoint saved = SavedCheckpoints.of(now, round);
    JobState storing = now.with(now.checkpoints().storing(saved)).with(now.recovery().forgiven());
    if (now.phase() == JobPhase.RESTARTING) {
      // Nobody is left to release anything, but this is what the next attempt resumes from.
      return new Decision(
              storing.with(storing.checkpoints().with(Optional.empty())),
              List.of(new CommitMetrics(saved.metrics())))
          .then(RecoveryRules::knownWhatIsStored);
    }
    if (round.savepoint().isEmpty()) {
      return release(storing, saved.metrics());
    }
    List<JobAction> copy = List.of(new WriteSavepoint(saved, round.savepoint().get()));
    return round.halts()
        ? new Decision(with(storing, round.in(Step.COPYING)), copy)
        : release(storing, saved.metrics()).and(copy);
  }

  static Decision notStored(JobState now, CheckpointNotStored outcome) {
    if (roundBeing(now, Step.STORING, outcome.checkpoint()).isEmpty()) {
      return Decision.nothing(now);
    }
    if (outcome.claimLost()) {
      return JobLifecycle.end(
          now, JobPhase.FAILED, failure(now, FailureKind.CLAIM_LOST, outcome.reason()));
    }
    if (now.phase() == JobPhase.RESTARTING) {
      return abandonQuietly(now, outcome.reason()).then(RecoveryRules::knownWhatIsStored);
    }
    return abandon(now, outcome.reason());
  }

  private static Decision release(JobState now, MetricBytes committed) {
    CheckpointRound round = now.round().orElseThrow().in(Step.RELEASING);
    return new Decision(
            with(now.with(now.deployment().waitingNoMore()), round),
            JobLifecycle.tellAll(
                now, new WorkerCommand.CompleteCheckpoint(now.spec().id(), round.id())))
        .and(List.of(new CommitMetrics(committed)));
  }

  static Decision released(JobState now, String worker, long checkpoint) {
    Optional<CheckpointRound> atHand = roundIn(now, Step.RELEASING, checkpoint);
    if (atHand.isEmpty()) {
      return Decision.nothing(now);
    }
    CheckpointRound round = atHand.get().releasedBy(worker);
    return round.isOver() ? over(now, round) : Decision.nothing(with(now, round));
  }

  private static Decision over(JobState now, CheckpointRound round) {
    JobState free = now.with(now.checkpoints().with(Optional.empty()));
    if (round.halts()) {
      JobPhase outcome = round.last() ? JobPhase.DONE : JobPhase.CANCELLED;
      return JobLifecycle.end(free, outcome, Optional.empty());
    }
    if (!round.last()) {
      return next(free);
    }
    List<SavepointRequest> wanted = free.checkpoints().wanted();
    return wanted.isEmpty()
        ? JobLifecycle.end(free, JobPhase.DONE, Optional.empty())
        : begin(free, true, Optional.of(wanted.get(0)));
  }

  // Savepoints.

  static Decision savepointWritten(JobState now, SavepointWritten written) {
    Answer answer =
        new Answer(
            new JobUpdate.SavepointDone(
                now.spec().id(), written.wanted().request(), written.wanted().location().url()));
    Optional<CheckpointRound> copied = roundIn(now, Step.COPYING, written.checkpoint());
    Decision done = new Decision(now, List.of(answer));
    return copied.isEmpty()
        ? done
        : done.then(then -> release(then, SavedCheckpoints.metricsOf(then, copied.get())));
  }

  /** The checkpoint behind it is stored all the same; a job that it has halted resumes. */
  static Decision savepointNotWritten(JobState now, SavepointNotWritten failed) {
    Decision refused = new Decision(now, List.of(refuse(now, failed.wanted(), failed.reason())));
    Optional<CheckpointRound> copied = roundIn(now, Step.COPYING, failed.checkpoint());
    if (copied.isEmpty()) {
      return refused;
    }
    CheckpointRound going = copied.get().withoutSavepoint();
    return refused
        .then(then -> release(with(then, going), SavedCheckpoints.metricsOf(now, going)))
        .and(
            JobLifecycle.tellAll(
                now, new WorkerCommand.AbandonCheckpoint(now.spec().id(), going.id())));
  }

  private static Answer refuse(JobState now, SavepointRequest wanted, String reason) {
    return new Answer(new JobUpdate.SavepointFailed(now.spec().id(), wanted.request(), reason));
  }

  /** Tells everybody who still waits for a savepoint that there will be none. */
  static Decision refuseAll(JobState now, String reason) {
    List<JobAction> answers = new ArrayList<>();
    now.round()
        .filter(round -> round.step() == Step.ACKNOWLEDGING || round.step() == Step.STORING)
        .flatMap(CheckpointRound::savepoint)
        .ifPresent(wanted -> answers.add(refuse(now, wanted, reason)));
    now.checkpoints().wanted().forEach(wanted -> answers.add(refuse(now, wanted, reason)));
    return new Decision(now.with(now.checkpoints().wanting(List.of())), answers);
  }

  // Failure.

  /**
   * What is left of the current round when its attempt is abandoned: a checkpoint that is being
   * stored counts if it is stored.
   */
  static Decision attemptGivenUp(JobState now) {
    Optional<CheckpointRound> storing =
        now.round()
            .filter(round -> round.step() == Step.STORING)
            .map(CheckpointRound::withoutSavepoint);
    List<JobAction> answers = new ArrayList<>();
    now.round()
        .filter(round -> round.step() == Step.ACKNOWLEDGING || round.step() == Step.STORING)
        .flatMap(CheckpointRound::savepoint)
        .ifPresent(wanted -> answers.add(refuse(now, wanted, "the job is being restarted")));
    return new Decision(now.with(now.checkpoints().with(storing)), answers);
  }

  static Decision failed(JobState now, CheckpointFailed report) {
    return roundIn(now, Step.ACKNOWLEDGING, report.checkpoint()).isEmpty()
        ? Decision.nothing(now)
        : abandon(now, "task %s: %s".formatted(report.task(), report.reason()));
  }

  static Decision overdue(JobState now, CheckpointOverdue overdue) {
    Optional<CheckpointRound> atHand =
        now.round().filter(round -> round.id() == overdue.checkpoint());
    if (atHand.isEmpty() || !(now.isAtWork() || now.phase() == JobPhase.RESTARTING)) {
      return Decision.nothing(now);
    }
    CheckpointRound round = atHand.get();
    String late =
        "it is not complete after %d s; "
            .formatted(now.spec().settings().checkpoints().timeoutMs() / 1000);
    return switch (round.step()) {
      case ACKNOWLEDGING ->
          abandon(now, late + "missing are the acknowledgements of " + round.missing());
      case STORING, COPYING ->
          new Decision(now, List.of(new Warn(warning(now, late + "the storage does not answer"))))
              .and(overdueLater(now, round.id()));
      case RELEASING ->
          releaseOverdue(now, late + "missing are the releases of " + round.unreleased());
    };
  }

  private static Decision releaseOverdue(JobState now, String reason) {
    String message = warning(now, reason);
    JobState free = now.with(now.checkpoints().with(Optional.empty()));
    if (now.round().orElseThrow().last()) {
      return JobLifecycle.end(free, JobPhase.FAILED, failure(now, FailureKind.ENGINE_BUG, message));
    }
    return new Decision(free, List.of(new Warn(message))).then(CheckpointRules::next);
  }

  /** Abandons the current round; one failure too many in a row fails the job. */
  private static Decision abandon(JobState now, String reason) {
    String message = warning(now, reason);
    long id = now.round().orElseThrow().id();
    Decision quiet =
        abandonQuietly(now, reason)
            .and(
                JobLifecycle.tellAll(
                    now, new WorkerCommand.AbandonCheckpoint(now.spec().id(), id)));
    int failures = quiet.next().checkpoints().failures();
    if (failures > now.spec().settings().checkpoints().toleratedFailures()) {
      String tooMany =
          "%s. %d have failed in a row, and --toleratedCheckpointFailures is %d"
              .formatted(
                  message, failures, now.spec().settings().checkpoints().toleratedFailures());
      return quiet.then(
          then ->
              JobLifecycle.end(
                  then, JobPhase.FAILED, failure(now, FailureKind.CHECKPOINT_STORAGE, tooMany)));
    }
    return quiet.then(CheckpointRules::later);
  }

  private static Decision abandonQuietly(JobState now, String reason) {
    String message = warning(now, reason);
    List<JobAction> actions = new ArrayList<>();
    actions.add(
        new Warn(message + ". It is abandoned; nothing is lost, the next one saves it too"));
    now.round()
        .flatMap(CheckpointRound::savepoint)
        .ifPresent(wanted -> actions.add(refuse(now, wanted, message)));
    return new Decision(now.with(now.checkpoints().failed()), actions);
  }

  /** After a failure: what is next, but not at once. */
  private static Decision later(JobState now) {
    return new Decision(
        now, schedule(now, isNeeded(now) ? retryMs(now) : now.spec().checkpointIntervalMs()));
  }

  /** Twice as long after each failure: a storage that is away for a minute must not end a job. */
  private static long retryMs(JobState now) {
    int doublings = Math.min(now.checkpoints().failures() - 1, Long.SIZE / 4);
    return Math.min(RETRY_MS << doublings, LONGEST_RETRY_MS);
  }

  private static String warning(JobState now, String reason) {
    return "checkpoint %d of job %s failed: %s"
        .formatted(now.round().orElseThrow().id(), now.spec().id(), reason);
  }

  private static Optional<Failure> failure(JobState now, FailureKind kind, String message) {
    return Optional.of(Failure.of(kind, now.spec().id().value(), message));
  }

  private static JobState with(JobState now, CheckpointRound round) {
    return now.with(now.checkpoints().with(Optional.of(round)));
  }

  /** The round {@code checkpoint} in this step, if everybody still works for it. */
  private static Optional<CheckpointRound> roundIn(JobState now, Step step, long checkpoint) {
    return now.isAtWork() ? roundBeing(now, step, checkpoint) : Optional.empty();
  }

  /** The same, also if the job is on its way to another attempt. */
  private static Optional<CheckpointRound> roundBeing(JobState now, Step step, long checkpoint) {
    return now.isAtWork() || now.phase() == JobPhase.RESTARTING
        ? now.round().filter(round -> round.id() == checkpoint && round.step() == step)
        : Optional.empty();
  }
}
