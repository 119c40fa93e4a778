package dev.sluice.coordinator;

import dev.sluice.worker.protocol.TaskId;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * Everything the coordinator knows of a job that bears on a decision. Immutable: {@link
 * JobLifecycle#decide} makes the next one.
 *
 * @param spec what was submitted
 * @param phase where it is in its life
 * @param placement which worker runs what; {@link Placement#none} while it is submitted
 * @param involved the workers that hold anything of the job and have to be told to stop
 * @param unfinished the tasks that have work to do
 * @param checkpoints how many checkpoint rounds have begun
 * @param round the checkpoint round at hand, if any
 * @param quiescence who wants to know whether the job rests
 * @param ending from {@link JobPhase#STOPPING} on
 */
record JobState(
    JobSpec spec,
    JobPhase phase,
    Placement placement,
    Set<String> involved,
    SortedSet<TaskId> unfinished,
    long checkpoints,
    Optional<CheckpointRound> round,
    Quiescence quiescence,
    Optional<Ending> ending) {

  static JobState submitted(JobSpec spec) {
    return new JobState(
        spec,
        JobPhase.SUBMITTED,
        Placement.none(),
        Set.of(),
        Missing.none(),
        0,
        Optional.empty(),
        Quiescence.unasked(),
        Optional.empty());
  }

  /** In {@code next}, which must be a legal move. */
  JobState advanced(JobPhase next) {
    if (!phase.next().contains(next)) {
      throw new IllegalStateException(
          "job %s cannot go from %s to %s".formatted(spec.id(), phase, next));
    }
    return new JobState(
        spec, next, placement, involved, unfinished, checkpoints, round, quiescence, ending);
  }

  JobState placed(Placement newPlacement) {
    return new JobState(
        spec,
        phase,
        newPlacement,
        involved,
        newPlacement.tasks(),
        checkpoints,
        round,
        quiescence,
        ending);
  }

  JobState involving(Set<String> workers) {
    return new JobState(
        spec,
        phase,
        placement,
        Missing.of(workers),
        unfinished,
        checkpoints,
        round,
        quiescence,
        ending);
  }

  JobState finished(TaskId task) {
    return new JobState(
        spec,
        phase,
        placement,
        involved,
        Missing.without(unfinished, task),
        checkpoints,
        round,
        quiescence,
        ending);
  }

  /** With a new round at hand. */
  JobState begun(CheckpointRound newRound) {
    return new JobState(
        spec,
        phase,
        placement,
        involved,
        unfinished,
        newRound.id(),
        Optional.of(newRound),
        quiescence,
        ending);
  }

  /** With the round at hand as it stands now, or none any more. */
  JobState with(Optional<CheckpointRound> newRound) {
    return new JobState(
        spec, phase, placement, involved, unfinished, checkpoints, newRound, quiescence, ending);
  }

  JobState with(Quiescence newQuiescence) {
    return new JobState(
        spec, phase, placement, involved, unfinished, checkpoints, round, newQuiescence, ending);
  }

  JobState with(Ending newEnding) {
    return new JobState(
        spec,
        phase,
        placement,
        involved,
        unfinished,
        checkpoints,
        round,
        quiescence,
        Optional.of(newEnding));
  }
}
