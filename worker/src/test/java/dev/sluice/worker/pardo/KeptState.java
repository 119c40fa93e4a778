package dev.sluice.worker.pardo;

import dev.sluice.state.TaskState;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.log.EntryCursor;
import dev.sluice.state.log.LogLanes;
import dev.sluice.state.log.LogLimits;
import dev.sluice.state.log.LogOrigin;
import dev.sluice.state.log.LogPlace;
import dev.sluice.state.log.Sealed;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.SegmentMerge;
import dev.sluice.state.log.StateNames;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.util.List;

/**
 * What checkpoints keep of a task's state: one task after the other begins with what the one before
 * it had at its last checkpoint.
 *
 * <p>Owned by the test's thread.
 */
final class KeptState {
  private final CheckpointFiles files =
      new FolderFiles(new MemoryFolder(1L << 20, MemoryFolder.Faults.NONE), "test");
  private List<SegmentRef> segments = List.of();
  private TaskState state;
  private TaskLog log;
  private int tasks;
  private long checkpoints;

  /** The state of the next task; {@link #restore} follows when all that uses it has been made. */
  TaskState newState() {
    state = ParDoHarness.newState();
    log =
        new TaskLog(
            new LogPlace(
                files,
                "a" + ++tasks + "/",
                new MemoryDisk(1L << 20),
                new LogLanes(Runnable::run, Runnable::run, Runnable::run)),
            segments.isEmpty() ? new LogOrigin.Nothing() : new LogOrigin.Continued(segments),
            SegmentFilter.ALL,
            new StateNames(),
            LogLimits.DEFAULT);
    state.logTo(log);
    return state;
  }

  /** Gives the state what was kept. */
  void restore() throws IOException {
    if (segments.isEmpty()) {
      return;
    }
    try (EntryCursor cursor =
        SegmentMerge.entries(files, segments, SegmentFilter.ALL, new MemoryDisk(1L << 20))) {
      while (cursor.next()) {
        state.restore(cursor.key(), cursor.value());
      }
    }
    state.restored();
  }

  /** Keeps what the state holds; its operator has passed the barrier. */
  void checkpoint() {
    state.barrier();
    log.closeEpoch();
    boolean all = false;
    while (!all) {
      all = state.logSome(Long.MAX_VALUE, () -> 0);
    }
    log.seal(++checkpoints, outcome -> segments = ((Sealed.Safe) outcome).snapshot().segments());
  }
}
