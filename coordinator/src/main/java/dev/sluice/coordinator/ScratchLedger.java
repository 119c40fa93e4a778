package dev.sluice.coordinator;

import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.StorageLocation;
import java.util.Optional;

/**
 * The checkpoints of a job whose user wants none beyond the life of this process: a task that fails
 * is taken back to them, and they go with the job.
 *
 * @param ledger of the job, in a place of its own
 * @param location that place
 * @param scratch deletes it
 */
record ScratchLedger(CheckpointLedger ledger, StorageLocation location, Scratch scratch)
    implements CheckpointLedger {
  @Override
  public JobStorage storageOf(int attempt) {
    return ledger.storageOf(attempt);
  }

  @Override
  public Outcome store(SavedCheckpoint checkpoint) {
    return ledger.store(checkpoint);
  }

  @Override
  public Optional<SavedCheckpoint> before(long checkpoint) {
    return ledger.before(checkpoint);
  }

  @Override
  public Outcome writeSavepoint(SavedCheckpoint checkpoint, StorageLocation wanted) {
    return ledger.writeSavepoint(checkpoint, wanted);
  }

  @Override
  public Outcome close(JobPhase outcome) {
    Outcome closed = ledger.close(outcome);
    scratch.delete(location);
    return closed;
  }
}
