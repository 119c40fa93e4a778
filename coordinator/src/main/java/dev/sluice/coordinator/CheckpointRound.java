package dev.sluice.coordinator;

import dev.sluice.worker.protocol.TaskId;
import java.util.Set;
import java.util.SortedSet;

/**
 * One checkpoint on its way: first every task acknowledges its barrier, then every worker releases
 * what waited for it. Immutable.
 *
 * @param id greater than that of any earlier round of the job
 * @param last whether it was begun after all tasks had done their work
 * @param missing the tasks that have not acknowledged
 * @param unreleased the workers that have not released
 */
record CheckpointRound(
    long id, boolean last, SortedSet<TaskId> missing, SortedSet<String> unreleased) {

  /** A round that waits for everybody. */
  static CheckpointRound begin(long id, boolean last, Set<TaskId> tasks, Set<String> workers) {
    return new CheckpointRound(id, last, Missing.of(tasks), Missing.of(workers));
  }

  /** The round after {@code task} has acknowledged; a repeated acknowledgement changes nothing. */
  CheckpointRound acknowledgedBy(TaskId task) {
    return new CheckpointRound(id, last, Missing.without(missing, task), unreleased);
  }

  /**
   * The round after {@code worker} has released; a release before all tasks have acknowledged
   * changes nothing.
   */
  CheckpointRound releasedBy(String worker) {
    return isAcknowledged()
        ? new CheckpointRound(id, last, missing, Missing.without(unreleased, worker))
        : this;
  }

  /** Whether every task has passed the barrier. */
  boolean isAcknowledged() {
    return missing.isEmpty();
  }

  /** Whether nothing is left to do. */
  boolean isOver() {
    return missing.isEmpty() && unreleased.isEmpty();
  }
}
