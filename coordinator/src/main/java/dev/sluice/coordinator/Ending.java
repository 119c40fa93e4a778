package dev.sluice.coordinator;

import dev.sluice.protocol.Failure;
import dev.sluice.protocol.JobPhase;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * How a job that is being stopped will have ended. Immutable.
 *
 * @param outcome a terminal phase
 * @param failure why, if it is {@link JobPhase#FAILED}
 * @param missing the workers on which threads of the job may still live
 */
record Ending(JobPhase outcome, Optional<Failure> failure, SortedSet<String> missing) {

  static Ending of(JobPhase outcome, Optional<Failure> failure, Set<String> workers) {
    return new Ending(outcome, failure, Missing.of(workers));
  }

  /** After {@code worker} has ended the job's threads. */
  Ending stoppedBy(String worker) {
    return new Ending(outcome, failure, Missing.without(missing, worker));
  }
}
