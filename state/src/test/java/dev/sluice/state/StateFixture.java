package dev.sluice.state;

import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.keyed.KeyedState;
import dev.sluice.state.keyed.PartLimits;
import dev.sluice.state.keyed.Times;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.page.SpillArea;
import dev.sluice.state.store.SortedMapStore;
import dev.sluice.state.store.StateMemory;
import dev.sluice.state.store.StateStore;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The state of a task with one keyed transform, and the time that it is told. */
public final class StateFixture {
  public static final class SetTimes implements Times {
    public long processingTimeMs;
    public long inputWatermarkMs;
    public long outputWatermarkMs;

    @Override
    public long processingTimeMs() {
      return processingTimeMs;
    }

    @Override
    public long inputWatermarkMs() {
      return inputWatermarkMs;
    }

    @Override
    public long outputWatermarkMs() {
      return outputWatermarkMs;
    }
  }

  public static final String TRANSFORM = "Count/Stateful";

  public final MemoryDisk disk;
  public final SpillArea area;
  public final TaskState task;
  public final SetTimes times = new SetTimes();
  public final KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
  public final KeyedState<String> state;

  public StateFixture() {
    this(1L << 30);
  }

  public StateFixture(long heapBytes) {
    disk = new MemoryDisk(1L << 30);
    area = new SpillArea(disk, heapBytes);
    task = new TaskState(KeyGroupRange.ALL, area);
    state = keyed(TRANSFORM, StringUtf8Coder.of());
  }

  /** The state of a task that logs, of which all keys stay on the heap. */
  public StateFixture(TaskLog log) {
    this(log, null);
  }

  /**
   * The state of a task.
   *
   * @param log where its changes are logged, if anywhere
   * @param memory what its keys may take on the heap, if that is limited
   */
  public StateFixture(@Nullable TaskLog log, @Nullable StateMemory memory) {
    this(log, memory, PartLimits.DEFAULT);
  }

  public StateFixture(@Nullable TaskLog log, @Nullable StateMemory memory, PartLimits limits) {
    this(log, memory, limits, new SortedMapStore());
  }

  public StateFixture(
      @Nullable TaskLog log, @Nullable StateMemory memory, PartLimits limits, StateStore store) {
    disk = new MemoryDisk(1L << 30);
    area = new SpillArea(disk, 1L << 30);
    task =
        task(
            memory == null
                ? StateSpace.onHeap(area)
                : new StateSpace(area, memory.open("test"), store),
            limits);
    if (log != null) {
      task.logTo(log);
    }
    state = keyed(TRANSFORM, StringUtf8Coder.of());
  }

  /**
   * The state of a task that owns all keys, and keeps collections within other limits than usual.
   */
  public static TaskState task(StateSpace space, PartLimits limits) {
    return new TaskState(KeyGroupRange.ALL, space, limits);
  }

  /** One key in five is so long that it stands in records by its digest. */
  public static String keyOfAnyLength(int number) {
    return number % 5 == 3 ? "key-".repeat(300) + number : "key-" + number;
  }

  public <K> KeyedState<K> keyed(String transform, Coder<K> coder) {
    return task.keyed(transform, coder, IntervalWindow.getCoder(), times);
  }

  public void expect(String key) {
    state.expect(key, hasher.hash(key));
  }

  public void select(String key) {
    state.select(key, hasher.hash(key));
  }

  public List<StateEntry> entries() {
    List<StateEntry> entries = new ArrayList<>();
    task.forEachEntry(entries::add);
    return entries;
  }
}
