package dev.sluice.state;

import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.keyed.PartLimits;
import dev.sluice.state.log.EntryCursor;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.log.LogLanes;
import dev.sluice.state.log.LogLimits;
import dev.sluice.state.log.LogOrigin;
import dev.sluice.state.log.LogPlace;
import dev.sluice.state.log.Sealed;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.SegmentMerge;
import dev.sluice.state.log.StateNames;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.page.SpillArea;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.state.store.SortedMapStore;
import dev.sluice.state.store.StateMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The tasks of one stage, started again and again, each time as many as a test wants: what they had
 * saved goes to whichever of them owns its key group then. One thread.
 *
 * @param <S> what a test does with the state of a task
 */
public final class RescaledTasks<S> {
  private static final LogLimits TINY = new LogLimits(1 << 20, 1 << 20, 4000, 0.25, 8, 1 << 16);

  private final FolderFiles files =
      new FolderFiles(new MemoryFolder(1L << 30, MemoryFolder.Faults.NONE), "test");
  private final StateMemory memory;
  private final PartLimits limits;
  private final Function<TaskState, S> maker;
  private final List<One> tasks = new ArrayList<>();
  private int attempt;
  private long checkpoint;
  private long restoredParts;

  /** One task. */
  private final class One {
    final TaskLog log;
    final TaskState state;
    final S subject;
    List<SegmentRef> segments = List.of();

    One(KeyGroupRange range, int index, List<SegmentRef> saved) throws IOException {
      MemoryDisk scratch = new MemoryDisk(1L << 30);
      LogPlace place =
          new LogPlace(
              files,
              "attempt-" + attempt + "/task-" + index + "/",
              scratch,
              new LogLanes(Runnable::run, Runnable::run, Runnable::run));
      List<SegmentRef> own =
          saved.stream()
              .filter(s -> s.firstGroup() <= range.last() && s.lastGroup() >= range.first())
              .toList();
      LogOrigin origin =
          own.isEmpty() ? new LogOrigin.Nothing() : new LogOrigin.Adopted(files, own);
      SegmentFilter filter = new SegmentFilter(range, transform -> true, false);
      log = new TaskLog(place, origin, filter, new StateNames(), TINY);
      // Next to nothing of lists and bags stays on the heap.
      SpillArea area = new SpillArea(new MemoryDisk(1L << 30), 1 << 16);
      state =
          new TaskState(
              range,
              new StateSpace(area, memory.open("task " + index), new SortedMapStore()),
              limits);
      state.logTo(log);
      subject = maker.apply(state);
      try (EntryCursor entries =
          SegmentMerge.entries(files, own, filter, new MemoryDisk(1L << 30))) {
        while (entries.next()) {
          byte[] key = entries.key();
          restoredParts += key[EntryKey.HEADER_BYTES - 1] == EntryKey.Kind.PART.code() ? 1 : 0;
          state.restore(key, entries.value());
        }
      }
      state.restored();
    }

    void save() {
      state.barrier();
      log.closeEpoch();
      while (!state.logSome(-1, () -> 0)) {
        // A few entries at a time.
      }
      log.seal(checkpoint, outcome -> segments = ((Sealed.Safe) outcome).snapshot().segments());
      log.completed(checkpoint);
    }
  }

  /**
   * A stage without tasks.
   *
   * @param maker makes what is in the state of a task, before anything comes back
   */
  public RescaledTasks(StateMemory memory, PartLimits limits, Function<TaskState, S> maker) {
    this.memory = memory;
    this.limits = limits;
    this.maker = maker;
  }

  /** Saves everything there is, and resumes from that with this number of tasks. */
  public void restart(int parallelism) throws IOException {
    save();
    List<SegmentRef> saved = tasks.stream().flatMap(task -> task.segments.stream()).toList();
    for (One task : tasks) {
      task.state.close();
      task.log.close();
    }
    tasks.clear();
    attempt++;
    for (int index = 0; index < parallelism; index++) {
      tasks.add(new One(KeyGroups.rangeOf(index, parallelism), index, saved));
    }
  }

  /** A checkpoint of all tasks. */
  public void save() {
    checkpoint++;
    tasks.forEach(One::save);
  }

  /** How many parts of collections came back, at all restarts so far. */
  public long restoredParts() {
    return restoredParts;
  }

  /** How many entries there are. */
  public long entryCount() {
    return tasks.stream().mapToLong(task -> task.state.entryCount()).sum();
  }

  /** What is in the state of the task that owns a key. */
  public S ownerOf(int keyHash) {
    return tasks.get(KeyGroups.ownerOf(KeyGroups.groupOf(keyHash), tasks.size())).subject;
  }

  /** What is in the state of each task. */
  public List<S> all() {
    return tasks.stream().map(task -> task.subject).toList();
  }
}
