package dev.sluice.coordinator;

import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything the coordinator knows of a job that bears on a decision. Immutable: {@link
 * JobLifecycle#decide} makes the next one.
 *
 * @param spec what was submitted
 * @param phase where it is in its life
 * @param workers the workers that there are, those with the least to do first
 * @param deployment the current attempt, or the last one
 * @param checkpoints its checkpoints, over all attempts
 * @param recovery what failed, and the current restart
 * @param draining whether its sources are to stop, or were when it was saved
 * @param ending from {@link JobPhase#STOPPING} on
 */
record JobState(
    JobSpec spec,
    JobPhase phase,
    List<String> workers,
    Deployment deployment,
    Checkpoints checkpoints,
    Recovery recovery,
    boolean draining,
    Optional<Ending> ending) {
  JobState {
    workers = List.copyOf(workers);
  }

  static JobState submitted(JobSpec spec) {
    Optional<SavedCheckpoint> from = spec.durability().flatMap(Durability::from);
    return new JobState(
        spec,
        JobPhase.SUBMITTED,
        List.of(),
        Deployment.none(),
        Checkpoints.startingFrom(from),
        Recovery.none(),
        from.map(SavedCheckpoint::draining).orElse(false),
        Optional.empty());
  }

  /** In {@code next}, which must be a legal move. */
  JobState advanced(JobPhase next) {
    if (!phase.next().contains(next)) {
      throw new IllegalStateException(
          "job %s cannot go from %s to %s".formatted(spec.id(), phase, next));
    }
    return having(next, workers, deployment, checkpoints, recovery);
  }

  JobState knowing(List<String> newWorkers) {
    return having(phase, newWorkers, deployment, checkpoints, recovery);
  }

  JobState with(Deployment newDeployment) {
    return having(phase, workers, newDeployment, checkpoints, recovery);
  }

  JobState with(Checkpoints newCheckpoints) {
    return having(phase, workers, deployment, newCheckpoints, recovery);
  }

  JobState with(Recovery newRecovery) {
    return having(phase, workers, deployment, checkpoints, newRecovery);
  }

  private JobState having(
      JobPhase itsPhase,
      List<String> itsWorkers,
      Deployment itsDeployment,
      Checkpoints itsCheckpoints,
      Recovery itsRecovery) {
    return new JobState(
        spec, itsPhase, itsWorkers, itsDeployment, itsCheckpoints, itsRecovery, draining, ending);
  }

  JobState with(Ending newEnding) {
    return new JobState(
        spec, phase, workers, deployment, checkpoints, recovery, draining, Optional.of(newEnding));
  }

  JobState drained() {
    return new JobState(spec, phase, workers, deployment, checkpoints, recovery, true, ending);
  }

  /** The number of the current attempt, or of the last one; 0 before the first. */
  int attempt() {
    return deployment.attempt();
  }

  /** Which worker runs what. */
  Placement placement() {
    return deployment.placement();
  }

  /** The workers that hold anything of the job. */
  Set<String> involved() {
    return deployment.involved();
  }

  /** The tasks that have work to do. */
  Set<TaskId> unfinished() {
    return deployment.unfinished();
  }

  /** A task that can do nothing more before another checkpoint is complete, if there is one. */
  Optional<TaskId> waiting() {
    return deployment.waiting();
  }

  /** The current checkpoint round. */
  Optional<CheckpointRound> round() {
    return checkpoints.round();
  }

  /** Whether tasks are deployed and have not been asked to stop yet. */
  boolean isAtWork() {
    return phase == JobPhase.RUNNING || phase == JobPhase.COMPLETING;
  }

  /** Whether checkpoints are stored, so that a failure need not be the end. */
  boolean isDurable() {
    return spec.durability().isPresent();
  }
}
