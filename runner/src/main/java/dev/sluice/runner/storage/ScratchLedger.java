package dev.sluice.runner.storage;

import dev.sluice.coordinator.CheckpointLedger;
import dev.sluice.coordinator.SavedCheckpoint;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobStorage;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The checkpoints of a job whose user wants none beyond the life of this process: a task that fails
 * is taken back to them, and they go with the job.
 *
 * @param ledger of the job, in a folder of its own
 * @param folder that folder
 */
record ScratchLedger(CheckpointLedger ledger, Path folder) implements CheckpointLedger {
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
  public Outcome writeSavepoint(SavedCheckpoint checkpoint, String location) {
    return ledger.writeSavepoint(checkpoint, location);
  }

  @Override
  public Outcome close(JobPhase outcome) {
    Outcome closed = ledger.close(outcome);
    ScratchFolders.deleteTree(folder);
    return closed;
  }
}
