package dev.sluice.worker.pardo;

import dev.sluice.state.TaskState;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyGroups;
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
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;

/**
 * The tasks of one ParDo's stage and what checkpoints keep of them: {@link #start} begins, with any
 * number of tasks, with what those before had at their last checkpoint.
 *
 * <p>Owned by the test's thread.
 */
final class KeptStage implements AutoCloseable {
  private final CheckpointFiles files =
      new FolderFiles(new MemoryFolder(1L << 20, MemoryFolder.Faults.NONE), "test");
  private Pipeline pipeline;
  private final String name;
  private final List<Kept> tasks = new ArrayList<>();
  private List<SegmentRef> segments = List.of();
  private int attempts;
  private long checkpoints;

  private record Kept(ParDoHarness harness, TaskState state, TaskLog log) {}

  KeptStage(Pipeline pipeline, String name) {
    this.pipeline = pipeline;
    this.name = name;
  }

  /** The ParDo is one of this pipeline when tasks start next. */
  void upgrade(Pipeline newer) {
    pipeline = newer;
  }

  /** Ends the tasks there are, if any, as a crash does, and starts so many. */
  List<ParDoHarness> start(int count) throws Exception {
    close();
    attempts++;
    SharedSideInputs shared = new SharedSideInputs();
    for (int index = 0; index < count; index++) {
      KeyGroupRange groups = KeyGroups.rangeOf(index, count);
      TaskState state = ParDoHarness.newState(groups);
      TaskLog log = log(index, groups);
      state.logTo(log);
      ParDoHarness harness = ParDoHarness.task(pipeline, name, index, count, state, shared);
      tasks.add(new Kept(harness, state, log));
      restore(state, groups);
      harness.operator.open();
    }
    return tasks.stream().map(Kept::harness).toList();
  }

  private TaskLog log(int index, KeyGroupRange groups) {
    return new TaskLog(
        new LogPlace(
            files,
            "a" + attempts + "-" + index + "/",
            new MemoryDisk(1L << 20),
            new LogLanes(Runnable::run, Runnable::run, Runnable::run)),
        segments.isEmpty() ? new LogOrigin.Nothing() : new LogOrigin.Adopted(files, segments),
        new SegmentFilter(groups, hash -> true, false),
        new StateNames(),
        LogLimits.DEFAULT);
  }

  private void restore(TaskState state, KeyGroupRange groups) throws IOException {
    if (segments.isEmpty()) {
      return;
    }
    SegmentFilter filter = new SegmentFilter(groups, hash -> true, true);
    try (EntryCursor cursor =
        SegmentMerge.entries(files, segments, filter, new MemoryDisk(1L << 20))) {
      while (cursor.next()) {
        state.restore(cursor.key(), cursor.value());
      }
    }
    state.restored();
  }

  /** All pass a barrier, in order, and what they hold is kept. */
  void checkpoint() {
    checkpoints++;
    List<SegmentRef> sealed = new ArrayList<>();
    for (Kept task : tasks) {
      task.harness.operator.barrier(checkpoints);
      task.state.barrier();
      task.log.closeEpoch();
      boolean all = false;
      while (!all) {
        all = task.state.logSome(Long.MAX_VALUE, () -> 0);
      }
      task.log.seal(
          checkpoints, outcome -> sealed.addAll(((Sealed.Safe) outcome).snapshot().segments()));
    }
    segments = List.copyOf(sealed);
  }

  /** How many panes of side inputs the last checkpoint has. */
  int savedPanes() throws IOException {
    int panes = 0;
    SegmentFilter none = new SegmentFilter(new KeyGroupRange(1, 0), hash -> true, true);
    try (EntryCursor cursor =
        SegmentMerge.entries(files, segments, none, new MemoryDisk(1L << 20))) {
      while (cursor.next()) {
        panes++;
      }
    }
    return panes;
  }

  @Override
  public void close() {
    for (Kept task : tasks) {
      task.harness.close();
      task.log.close();
    }
    tasks.clear();
  }
}
