package dev.sluice.state;

import dev.sluice.state.log.TaskLog;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * All state of one task: everything that a barrier would have to save is reached from here, and
 * nothing of it is in the fields of an operator.
 *
 * <p>Owned by the task's thread. Everything in it belongs to one of the task's key groups.
 */
public final class TaskState implements AutoCloseable {
  private final KeyGroupRange range;
  private final PageMemory pageMemory;
  private final Map<String, KeyedState<?>> keyed = new LinkedHashMap<>();
  private final Map<StateEntry.Column, TaskList<?>> lists = new LinkedHashMap<>();
  private final Map<GroupColumn, TaskValue<?>> values = new LinkedHashMap<>();
  private final Map<StateEntry.Column, StatePart> parts = new LinkedHashMap<>();

  /**
   * Empty state.
   *
   * @param range the key groups that the task owns
   * @param spill where lists and bags go that do not fit on the heap; shared with the job's other
   *     tasks, and closed by whoever made it
   */
  public TaskState(KeyGroupRange range, SpillArea spill) {
    this.range = range;
    this.pageMemory = new PageMemory(spill);
  }

  /** Returns the key groups that the task owns. */
  public KeyGroupRange range() {
    return range;
  }

  /**
   * Makes the keyed state of a transform, once.
   *
   * @param times what state and timers are told of time; read at each call
   */
  public <K> KeyedState<K> keyed(
      String transformId,
      Coder<K> keyCoder,
      Coder<? extends BoundedWindow> windowCoder,
      Times times) {
    KeyedState<K> made =
        new KeyedState<>(
            transformId, new KeyedState.Keying<>(keyCoder, windowCoder, times), range, pageMemory);
    KeyedState<?> former = keyed.putIfAbsent(transformId, made);
    if (former != null) {
      throw new IllegalStateException("Transform " + transformId + " has its keyed state already");
    }
    return made;
  }

  /**
   * Makes a list of a transform, once; it is saved in the first group of the task (of a task that
   * owns none: in the one it would begin with).
   */
  public <T> TaskList<T> list(String transformId, String stateId, Coder<T> coder) {
    StateEntry.Column name = new StateEntry.Column(transformId, stateId);
    TaskList<T> made =
        new TaskList<>(
            Math.min(range.first(), KeyGroups.COUNT - 1),
            name,
            new PageKind<>(pageMemory, coder, name));
    checkNew(lists.putIfAbsent(name, made), name);
    return made;
  }

  /** Makes a value of a transform in one of the task's key groups, once. */
  public <T> TaskValue<T> value(String transformId, String stateId, int keyGroup, Coder<T> coder) {
    if (!range.contains(keyGroup)) {
      throw new IllegalArgumentException(
          String.format(
              "Key group %d of state %s of transform %s is not among %d..%d, which this task owns",
              keyGroup, stateId, transformId, range.first(), range.last()));
    }
    StateEntry.Column name = new StateEntry.Column(transformId, stateId);
    TaskValue<T> made = new TaskValue<>(keyGroup, name, coder);
    checkNew(values.putIfAbsent(new GroupColumn(keyGroup, name), made), name);
    return made;
  }

  /** Makes the lists of values that a {@link #register registered} part of this name keeps. */
  public <T> ValueLists<T> valueLists(String transformId, String stateId, Coder<T> coder) {
    return new ValueLists<>(
        new PageKind<>(pageMemory, coder, new StateEntry.Column(transformId, stateId)));
  }

  /** Takes in a data structure that keeps state in its own way, once. */
  public void register(String transformId, String stateId, StatePart part) {
    StateEntry.Column name = new StateEntry.Column(transformId, stateId);
    checkNew(parts.putIfAbsent(name, part), name);
  }

  /** Returns how many entries there are: live cells, timers, elements of lists, values. */
  public long entryCount() {
    long count = 0;
    for (KeyedState<?> state : keyed.values()) {
      count += state.entryCount();
    }
    for (TaskList<?> list : lists.values()) {
      count += list.size();
    }
    for (TaskValue<?> value : values.values()) {
      count += value.get() == null ? 0 : 1;
    }
    for (StatePart part : parts.values()) {
      count += part.entryCount();
    }
    return count;
  }

  /** Shows everything that a barrier would save. */
  public void forEachEntry(EntryVisitor visitor) {
    keyed.values().forEach(state -> state.forEachEntry(visitor));
    lists.values().forEach(list -> list.forEachEntry(visitor));
    values.values().forEach(value -> value.forEachEntry(visitor));
    parts.forEach((name, part) -> part.forEachEntry(name, visitor));
  }

  /** What changes from now on is logged. */
  public void logTo(TaskLog log) {}

  /**
   * Ends an epoch, in constant time; before the log's {@link TaskLog#closeEpoch}. What has changed
   * in it is then logged by {@link #logSome}.
   */
  public void barrier() {}

  /**
   * Logs changes of the epoch that was ended, for so long.
   *
   * @return true if all of them are logged
   */
  public boolean logSome(long limitNanos, LongSupplier nanoTime) {
    return true;
  }

  /** Takes in an entry that was saved; what is to have it has been made before. */
  public void restore(byte[] key, byte[] value) {}

  /** Everything that was saved has been taken in. */
  public void restored() {}

  /** Lets go of the heap that was leased for pages; snapshots that were taken stay good. */
  @Override
  public void close() {
    pageMemory.close();
  }

  private static void checkNew(Object former, StateEntry.Column name) {
    if (former != null) {
      throw new IllegalStateException(
          "Transform " + name.transformId() + " has a state " + name.stateId() + " already");
    }
  }

  /**
   * The name of a value.
   *
   * @param keyGroup the group it belongs to
   * @param name its transform and id
   */
  private record GroupColumn(int keyGroup, StateEntry.Column name) {}
}
