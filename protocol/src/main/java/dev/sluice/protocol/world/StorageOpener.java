package dev.sluice.protocol.world;

import dev.sluice.protocol.StorageLocation;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.storage.CheckpointFiles;

/** Opens the places that messages name. Handed in; any thread. */
@FunctionalInterface
public interface StorageOpener {
  /**
   * Opens a place; may block.
   *
   * @param namedBy what names it, for messages: an option, a method, an argument
   * @return the files there, which the caller closes
   * @throws CheckpointException if it is of a kind that is not supported
   */
  CheckpointFiles open(StorageLocation location, String namedBy);

  /**
   * Opens the place where a job's checkpoints go, of which two processes must be able to agree who
   * writes; may block.
   *
   * @throws CheckpointException if it cannot be written, or does not allow that
   */
  default CheckpointFiles openForCheckpoints(StorageLocation location, String namedBy) {
    return open(location, namedBy);
  }
}
