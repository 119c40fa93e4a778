package dev.sluice.coordinator;

import dev.sluice.coordinator.JobAction.FindEarlier;
import dev.sluice.coordinator.JobAction.Schedule;
import dev.sluice.coordinator.JobAction.Tell;
import dev.sluice.coordinator.JobAction.Warn;
import dev.sluice.coordinator.JobEvent.EarlierFound;
import dev.sluice.coordinator.JobEvent.RestartDue;
import dev.sluice.coordinator.JobEvent.StopOverdue;
import dev.sluice.coordinator.JobEvent.WorkerLost;
import dev.sluice.coordinator.Recovery.Restart;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.WorkerCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rules of failure and restart, a part of {@link JobLifecycle}. Pure functions.
 *
 * <p>A new attempt starts when every thread of the old one has ended, when it is known whether a
 * checkpoint that was being stored has been, and after a pause that grows with each restart. What a
 * lost worker still reports carries its old attempt and is ignored.
 */
final class RecoveryRules {
  private RecoveryRules() {}

  /** A task, or the splitting of the sources, has failed. */
  static Decision failed(JobState now, Failure failure) {
    if (now.phase() == JobPhase.SPLITTING) {
      return fail(now, failure);
    }
    if (!now.isAtWork()) {
      return Decision.nothing(now);
    }
    boolean ownFault = failure.kind() != FailureKind.WORKER_LOST;
    if (!now.isDurable() || (ownFault && hasNothingToGoBackTo(now))) {
      return fail(now, failure);
    }
    return switch (failure.kind()) {
      case USER_CODE, DISK, ENGINE_BUG -> retry(now, failure);
      case WORKER_LOST -> restart(now, failure, false);
      case CORRUPT_CHECKPOINT -> fallBack(now, failure);
      case BAD_PIPELINE, CHECKPOINT_STORAGE, CLAIM_LOST, HEAP_EXHAUSTED -> fail(now, failure);
    };
  }

  private static boolean hasNothingToGoBackTo(JobState now) {
    return !now.spec().durability().orElseThrow().lasts() && now.checkpoints().stored().isEmpty();
  }

  private static Decision fail(JobState now, Failure failure) {
    return JobLifecycle.end(now, JobPhase.FAILED, Optional.of(failure));
  }

  private static Decision retry(JobState now, Failure failure) {
    int failures = now.recovery().failuresOf(culprit(failure)) + 1;
    if (failures < now.spec().settings().restartAttempts()) {
      return restart(now, failure, false);
    }
    return failures == 1
        ? fail(now, failure)
        : new Decision(
                now,
                List.of(
                    new Warn(
                        "%s of job %s has failed %d times without a stored checkpoint in between"
                            .formatted(culprit(failure), now.spec().id(), failures))))
            .then(then -> fail(then, failure));
  }

  /** The files that the attempt was to resume from are damaged. */
  private static Decision fallBack(JobState now, Failure failure) {
    boolean ours = now.deployment().from().filter(SavedCheckpoint::own).isPresent();
    return ours ? restart(now, failure, true) : fail(now, failure);
  }

  private static String culprit(Failure failure) {
    return failure.transform().isEmpty()
        ? failure.where()
        : "transform '" + failure.transform() + "'";
  }

  private static Decision restart(JobState now, Failure failure, boolean search) {
    Decision givenUp = CheckpointRules.attemptGivenUp(now);
    JobState then = givenUp.next();
    Restart restart = Restart.of(failure, now.involved(), then.round().isPresent(), search);
    JobState restarting =
        then.with(then.recovery().begin(culprit(failure), restart)).advanced(JobPhase.RESTARTING);
    List<JobAction> actions = new ArrayList<>();
    actions.add(
        new Warn(
            "job %s goes back to %s, because %s failed: %s"
                .formatted(
                    now.spec().id(),
                    then.checkpoints().stored().isPresent()
                        ? then.checkpoints().stored().get()
                        : "its beginning",
                    culprit(failure),
                    failure.message()),
            failure.stackTrace()));
    actions.addAll(JobLifecycle.tellAll(now, new WorkerCommand.Stop(now.spec().id())));
    actions.add(new Schedule(new StopOverdue(now.attempt()), JobLifecycle.STOP_LIMIT_MS));
    if (search) {
      actions.add(new FindEarlier(now.deployment().from().orElseThrow().id()));
    }
    return givenUp
        .then(ignored -> new Decision(restarting, actions))
        .then(RecoveryRules::startLaterIfReady);
  }

  // While the old attempt ends.

  static Decision stopped(JobState now, String worker) {
    return changed(now, now.recovery().restart().orElseThrow().stoppedBy(worker));
  }

  static Decision knownWhatIsStored(JobState now) {
    return changed(now, now.recovery().restart().orElseThrow().knowingWhatIsStored());
  }

  static Decision earlierFound(JobState now, EarlierFound found) {
    Optional<Restart> restart = now.recovery().restart();
    if (now.phase() != JobPhase.RESTARTING || restart.isEmpty() || !restart.get().searching()) {
      return Decision.nothing(now);
    }
    if (found.earlier().isEmpty()) {
      return fail(now, restart.get().cause());
    }
    SavedCheckpoint earlier = found.earlier().get();
    Warn warning =
        new Warn(
            "%s of job %s is damaged (%s); the job goes back to %s instead"
                .formatted(
                    now.deployment().from().orElseThrow(),
                    now.spec().id(),
                    restart.get().cause().message(),
                    earlier));
    return new Decision(now.with(now.checkpoints().fallingBackTo(earlier)), List.of(warning))
        .then(then -> changed(then, restart.get().found()));
  }

  private static Decision changed(JobState now, Restart restart) {
    boolean wasReady = now.recovery().restart().orElseThrow().isReady();
    JobState then = now.with(now.recovery().with(Optional.of(restart)));
    return wasReady ? Decision.nothing(then) : startLaterIfReady(then);
  }

  private static Decision startLaterIfReady(JobState now) {
    return now.recovery().restart().orElseThrow().isReady()
        ? new Decision(
            now, List.of(new Schedule(new RestartDue(now.attempt()), now.recovery().delayMs())))
        : Decision.nothing(now);
  }

  static Decision restartDue(JobState now, RestartDue due) {
    Optional<Restart> ready = now.recovery().restart().filter(Restart::isReady);
    if (now.phase() != JobPhase.RESTARTING || due.attempt() != now.attempt() || ready.isEmpty()) {
      return Decision.nothing(now);
    }
    return startIfPossible(now.with(now.recovery().with(ready.map(Restart::isDue))));
  }

  /** Starts the next attempt if only a worker was missing. */
  static Decision startIfPossible(JobState now) {
    boolean due = now.recovery().restart().filter(Restart::due).isPresent();
    return due && !now.workers().isEmpty()
        ? JobLifecycle.deploy(now.with(now.recovery().with(Optional.empty())))
        : Decision.nothing(now);
  }

  static Decision stopOverdue(JobState now, StopOverdue overdue) {
    Restart restart = now.recovery().restart().orElseThrow();
    if (overdue.attempt() != now.attempt() || restart.missing().isEmpty()) {
      return Decision.nothing(now);
    }
    String warning =
        "threads of job %s on %s have not ended %d s after they were asked to; it cannot be restarted beside them and fails"
            .formatted(now.spec().id(), restart.missing(), JobLifecycle.STOP_LIMIT_MS / 1000);
    JobState without =
        now.with(
            now.recovery()
                .with(
                    Optional.of(
                        new Restart(restart.cause(), Missing.none(), false, false, false))));
    return new Decision(without, List.of(new Warn(warning)))
        .then(then -> fail(then, restart.cause()));
  }

  // Workers.

  static Decision workerLost(JobState before, WorkerLost event) {
    String worker = event.worker();
    List<String> rest = before.workers().stream().filter(w -> !w.equals(worker)).toList();
    JobState now = before.knowing(rest);
    if (now.phase() == JobPhase.RESTARTING) {
      return stopped(now, worker);
    }
    if (now.phase() == JobPhase.STOPPING) {
      return JobLifecycle.jobStopped(now, worker);
    }
    if (now.phase().isTerminal() || !now.involved().contains(worker)) {
      return Decision.nothing(now);
    }
    if (now.phase() == JobPhase.SPLITTING) {
      // Nothing has begun: another worker splits the sources.
      JobState submitted =
          now.with(now.deployment().involving(Set.of())).advanced(JobPhase.SUBMITTED);
      return JobLifecycle.workersKnown(submitted);
    }
    Set<String> living = new TreeSet<>(now.involved());
    living.remove(worker);
    Failure lost =
        Failure.of(
            FailureKind.WORKER_LOST, "worker " + worker, "worker " + worker + " " + event.why());
    // Nobody waits for it; but should it come back, it must not keep running the job.
    Tell stop = new Tell(worker, new WorkerCommand.Stop(now.spec().id()));
    return new Decision(now.with(now.deployment().involving(living)), List.of(stop))
        .then(then -> failed(then, lost));
  }
}
