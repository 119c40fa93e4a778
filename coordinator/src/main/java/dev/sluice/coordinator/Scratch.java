package dev.sluice.coordinator;

import dev.sluice.protocol.StorageLocation;
import dev.sluice.state.disk.Disk;

/** Places for what only lasts as long as the cluster. Handed in; any thread, and may block. */
public interface Scratch {
  /**
   * A new place for the checkpoints of a job that nobody wants to keep; all workers of the cluster
   * can open it.
   */
  StorageLocation newLocation();

  /** Deletes such a place with all that is in it. */
  void delete(StorageLocation location);

  /** A new place for files of this process; whoever asks for it deletes them. */
  Disk newDisk();
}
