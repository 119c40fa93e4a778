package dev.sluice.worker;

import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.worker.task.RestoreException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The places of checkpoints that an attempt of a job writes to and reads from, each opened once.
 *
 * <p>Opened by the thread that builds the tasks, since that may block; closed by the worker's loop
 * when all tasks have ended.
 */
final class JobFiles {
  private static final Logger LOG = LoggerFactory.getLogger(JobFiles.class);

  private final StorageOpener storages;
  private final Map<StorageLocation, CheckpointFiles> opened = new LinkedHashMap<>(); // guarded

  JobFiles(StorageOpener storages) {
    this.storages = storages;
  }

  /**
   * The files of a place.
   *
   * @throws RestoreException if it cannot be opened
   */
  synchronized CheckpointFiles in(StorageLocation location) throws RestoreException {
    CheckpointFiles files = opened.get(location);
    if (files == null) {
      try {
        files = storages.open(location, "the storage of checkpoints");
      } catch (CheckpointException e) {
        throw new RestoreException(new IOException(e.getMessage(), e));
      }
      opened.put(location, files);
    }
    return files;
  }

  synchronized void close() {
    for (Map.Entry<StorageLocation, CheckpointFiles> entry : opened.entrySet()) {
      try {
        entry.getValue().close();
      } catch (IOException e) {
        LOG.warn("{} could not be closed", entry.getKey(), e);
      }
    }
    opened.clear();
  }
}
