package dev.sluice.coordinator;

import dev.sluice.protocol.SavepointRequest;
import java.util.List;
import java.util.Optional;

/**
 * The checkpoints of a job, over all its attempts. Immutable.
 *
 * @param begun the number of the last round that has begun; no number is used twice
 * @param round the current round, if any
 * @param stored the newest checkpoint that is stored, or that the job began with
 * @param failures how many rounds in a row have failed
 * @param wanted savepoints that clients wait for and that no round has been begun for
 */
record Checkpoints(
    long begun,
    Optional<CheckpointRound> round,
    Optional<SavedCheckpoint> stored,
    int failures,
    List<SavepointRequest> wanted) {
  Checkpoints {
    wanted = List.copyOf(wanted);
  }

  static Checkpoints startingFrom(Optional<SavedCheckpoint> from) {
    return new Checkpoints(
        from.map(SavedCheckpoint::id).orElse(0L), Optional.empty(), from, 0, List.of());
  }

  /** With a new current round, for which a savepoint may have been taken off the list. */
  Checkpoints begun(CheckpointRound newRound) {
    List<SavepointRequest> rest =
        wanted.stream().filter(w -> !newRound.savepoint().equals(Optional.of(w))).toList();
    return new Checkpoints(newRound.id(), Optional.of(newRound), stored, failures, rest);
  }

  /** With the current round as it stands now, or none any more. */
  Checkpoints with(Optional<CheckpointRound> newRound) {
    return new Checkpoints(begun, newRound, stored, failures, wanted);
  }

  /** A checkpoint has been stored, so none in a row has failed. */
  Checkpoints storing(SavedCheckpoint newStored) {
    return new Checkpoints(begun, round, Optional.of(newStored), 0, wanted);
  }

  /** The newest checkpoint is damaged; {@code earlier} counts instead. */
  Checkpoints fallingBackTo(SavedCheckpoint earlier) {
    return new Checkpoints(begun, round, Optional.of(earlier), failures, wanted);
  }

  /** The current round has failed. */
  Checkpoints failed() {
    return new Checkpoints(begun, Optional.empty(), stored, failures + 1, wanted);
  }

  Checkpoints wanting(List<SavepointRequest> newWanted) {
    return new Checkpoints(begun, round, stored, failures, newWanted);
  }
}
