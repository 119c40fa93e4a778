package dev.sluice.coordinator;

import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerEvent.CheckpointAcknowledged;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * One checkpoint in progress: every task acknowledges its barrier, the checkpoint is stored, every
 * worker releases what waited for it. Immutable.
 *
 * @param id greater than that of any earlier round of the job
 * @param last whether it was begun after all tasks had done their work
 * @param savepoint the savepoint that it was begun for, if any
 * @param jobClockMs where the job's clock stood when it was begun
 * @param step how far it is
 * @param missing the tasks that have not acknowledged
 * @param reports what the others have said
 * @param unreleased the workers that have not released
 */
record CheckpointRound(
    long id,
    boolean last,
    Optional<SavepointRequest> savepoint,
    long jobClockMs,
    Step step,
    Remaining<TaskId> missing,
    Acknowledgements reports,
    SortedSet<String> unreleased) {

  /** How far a round is. */
  enum Step {
    /** Tasks pass their barriers and save. */
    ACKNOWLEDGING,
    /** The ledger makes it real; whether it will be is not known. */
    STORING,
    /** It is real, and is copied to where its user wants it before the job is stopped. */
    COPYING,
    /** Workers release what waited for it. */
    RELEASING
  }

  /** A round that waits for everybody. */
  static CheckpointRound begin(
      long id,
      boolean last,
      Optional<SavepointRequest> savepoint,
      long jobClockMs,
      Set<TaskId> tasks,
      Set<String> workers) {
    return new CheckpointRound(
        id,
        last,
        savepoint,
        jobClockMs,
        Step.ACKNOWLEDGING,
        Remaining.of(tasks),
        Acknowledgements.none(),
        Missing.of(workers));
  }

  /** After a task has acknowledged; a repeated acknowledgement or a stranger's changes nothing. */
  CheckpointRound acknowledgedBy(CheckpointAcknowledged report) {
    if (!missing.contains(report.task())) {
      return this;
    }
    return new CheckpointRound(
        id,
        last,
        savepoint,
        jobClockMs,
        step,
        missing.without(report.task()),
        reports.and(report),
        unreleased);
  }

  /** The round in its next step. */
  CheckpointRound in(Step next) {
    return new CheckpointRound(id, last, savepoint, jobClockMs, next, missing, reports, unreleased);
  }

  /**
   * After {@code worker} has released, or is lost and has nothing to release; a release that nobody
   * asked for changes nothing.
   */
  CheckpointRound releasedBy(String worker) {
    return step == Step.RELEASING
        ? new CheckpointRound(
            id,
            last,
            savepoint,
            jobClockMs,
            step,
            missing,
            reports,
            Missing.without(unreleased, worker))
        : this;
  }

  /** The round without the savepoint that it was begun for. */
  CheckpointRound withoutSavepoint() {
    return new CheckpointRound(
        id, last, Optional.empty(), jobClockMs, step, missing, reports, unreleased);
  }

  /** What the tasks have said that have acknowledged, in their order. */
  SortedMap<TaskId, CheckpointAcknowledged> acknowledged() {
    return reports.byTask();
  }

  /** Whether every task has acknowledged. */
  boolean isAcknowledged() {
    return missing.isEmpty();
  }

  /** Whether nothing is left to do. */
  boolean isOver() {
    return step == Step.RELEASING && unreleased.isEmpty();
  }

  /** Whether its barrier is the last thing that the tasks do. */
  boolean halts() {
    return savepoint.filter(s -> s.then() == SavepointRequest.Then.STOP).isPresent();
  }
}
