package dev.sluice.coordinator;

import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.StorageLocation;
import java.util.Optional;

/**
 * Where the checkpoints of one job become real.
 *
 * <p>Belongs to whoever submitted the job, who has claimed it. Its methods may block; but for
 * {@link #storageOf} the coordinator calls them one at a time, in an Io lane of the job's own.
 */
public interface CheckpointLedger {

  /** Where the tasks of an attempt write their segments. Does not block. */
  JobStorage storageOf(int attempt);

  /** Makes {@code checkpoint} the newest, if the claim still holds. */
  Outcome store(SavedCheckpoint checkpoint);

  /**
   * The newest checkpoint before {@code checkpoint} of which every file is there; what is found
   * wrong with others is logged.
   */
  Optional<SavedCheckpoint> before(long checkpoint);

  /** Writes a stored checkpoint to a place of the user's, where it stays. */
  Outcome writeSavepoint(SavedCheckpoint checkpoint, StorageLocation location);

  /**
   * The job has ended, and the ledger is not used any more.
   *
   * @param outcome a terminal phase; a job that is {@link JobPhase#DONE} is not gone on with when
   *     it is started again
   */
  Outcome close(JobPhase outcome);

  /** What became of something that was to be written. */
  sealed interface Outcome {
    /** It is safe. */
    record Written() implements Outcome {}

    /**
     * It is not, or it is not known whether it is.
     *
     * @param reason for a person
     * @param claimLost whether that is because another process has claimed the job
     */
    record NotWritten(String reason, boolean claimLost) implements Outcome {}
  }
}
