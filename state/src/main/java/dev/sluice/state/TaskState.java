package dev.sluice.state;

import dev.sluice.state.entry.EntryVisitor;
import dev.sluice.state.entry.SliceLimit;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.keyed.KeyedState;
import dev.sluice.state.keyed.PartLimits;
import dev.sluice.state.keyed.Times;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.page.PageKind;
import dev.sluice.state.page.PageMemory;
import dev.sluice.state.page.SpillArea;
import dev.sluice.state.store.HeapShare;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
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
  private final Map<StateEntry.Column, TaskQueue<?>> queues = new LinkedHashMap<>();
  private final Map<GroupColumn, TaskValue<?>> values = new LinkedHashMap<>();
  private final Map<StateEntry.Column, StatePart> parts = new LinkedHashMap<>();
  private final HeapShare share;
  private final PartLimits limits;
  private final StateLog log = new StateLog();
  private final SavedEntries saved = new SavedEntries(log);

  /**
   * Empty state, of which all keys stay on the heap.
   *
   * @param range the key groups that the task owns
   * @param spill where lists and bags go that do not fit on the heap; shared with the job's other
   *     tasks, and closed by whoever made it
   */
  public TaskState(KeyGroupRange range, SpillArea spill) {
    this(range, StateSpace.onHeap(spill));
  }

  /**
   * Empty state.
   *
   * @param range the key groups that the task owns
   * @param space where its state may be; its quota and store are closed with the state
   */
  public TaskState(KeyGroupRange range, StateSpace space) {
    this(range, space, PartLimits.DEFAULT);
  }

  TaskState(KeyGroupRange range, StateSpace space, PartLimits limits) {
    this.limits = limits;
    this.range = range;
    this.pageMemory = new PageMemory(space.spill());
    this.share = new HeapShare(space.quota(), space.store());
  }

  /** Returns the key groups that the task owns. */
  public KeyGroupRange range() {
    return range;
  }

  /**
   * Makes the keyed state of a transform, once.
   *
   * @param transform the full name of the transform, by which its state is found again
   * @param times the clock and the watermarks for state and timers; read at each call
   */
  public <K> KeyedState<K> keyed(
      String transform,
      Coder<K> keyCoder,
      Coder<? extends BoundedWindow> windowCoder,
      Times times) {
    KeyedState<K> made =
        new KeyedState<>(
            transform,
            new KeyedState.Keying<>(keyCoder, windowCoder, times),
            range,
            new KeyedState.Places(pageMemory, share, limits),
            log);
    KeyedState<?> former = keyed.putIfAbsent(transform, made);
    if (former != null) {
      throw new IllegalStateException("Transform " + transform + " has its keyed state already");
    }
    share.add(made::evictOne);
    saved.keyed(transform, made::restore);
    return made;
  }

  /**
   * Makes a queue of a transform, once.
   *
   * @param groupOf the key group in which an element is saved, one of the task's; see {@link
   *     #ownGroup} for what has no key
   */
  public <T> TaskQueue<T> queue(
      String transform, String stateId, Coder<T> coder, ToIntFunction<T> groupOf) {
    StateEntry.Column name = new StateEntry.Column(transform, stateId);
    TaskQueue<T> made =
        new TaskQueue<>(name, new PageKind<>(pageMemory, coder, name), groupOf, log);
    checkNew(queues.putIfAbsent(name, made), name);
    saved.named(name, made::restore);
    return made;
  }

  /**
   * Returns the group in which the task saves what belongs to no key: its first one, and of a task
   * that owns none the one it would begin with.
   */
  public int ownGroup() {
    return Math.min(range.first(), KeyGroups.COUNT - 1);
  }

  /** Makes a value of a transform in one of the task's key groups, once. */
  public <T> TaskValue<T> value(String transform, String stateId, int keyGroup, Coder<T> coder) {
    if (!range.contains(keyGroup)) {
      throw new IllegalArgumentException(
          String.format(
              "Key group %d of state %s of transform %s is not among %d..%d, which this task owns",
              keyGroup, stateId, transform, range.first(), range.last()));
    }
    StateEntry.Column name = new StateEntry.Column(transform, stateId);
    TaskValue<T> made = new TaskValue<>(keyGroup, name, coder, log);
    checkNew(values.putIfAbsent(new GroupColumn(keyGroup, name), made), name);
    saved.inGroup(keyGroup, name, (key, value) -> made.restore(value));
    return made;
  }

  /** Says what the pages of lists are like that a {@link #register registered} part keeps. */
  public <T> PageKind<T> pages(String transform, String stateId, Coder<T> coder) {
    return new PageKind<>(pageMemory, coder, new StateEntry.Column(transform, stateId));
  }

  /** Takes in a data structure that keeps state in its own way, once. */
  public void register(String transform, String stateId, StatePart part) {
    StateEntry.Column name = new StateEntry.Column(transform, stateId);
    checkNew(parts.putIfAbsent(name, part), name);
    part.logTo(new PartLog(log, name, share));
    saved.named(name, part::restore);
  }

  /** Has every change from now on logged; called before the first one. */
  public void logTo(TaskLog taskLog) {
    log.begin(taskLog);
  }

  /**
   * Takes back an entry that was saved, before the operators are opened. What belongs to a state
   * that no operator has made yet waits until one does.
   */
  public void restore(byte[] key, byte[] value) {
    saved.take(key, value);
  }

  /** Everything that was saved was given to {@link #restore}. */
  public void restored() {
    saved.end();
  }

  /**
   * Ends the epoch: what has changed until now belongs to it. Takes no longer the more has changed;
   * the log's own epoch is to be closed right after it.
   */
  public void barrier() {
    keyed.values().forEach(KeyedState::barrier);
    values.values().forEach(TaskValue::barrier);
    parts.values().forEach(StatePart::barrier);
    if (log.isOn()) {
      log.endEpoch();
    }
  }

  /**
   * Logs for a while of what has changed in the epoch that ended last.
   *
   * @param limitNanos for how long
   * @param nanoTime the time in nanoseconds since some moment
   * @return true when all of it is logged
   */
  public boolean logSome(long limitNanos, LongSupplier nanoTime) {
    if (log.congested()) {
      return false;
    }
    if (share.isLimited()) {
      share.relieve();
    }
    SliceLimit limit = new SliceLimit(limitNanos, nanoTime);
    for (KeyedState<?> state : keyed.values()) {
      if (!state.logSome(limit)) {
        return false;
      }
    }
    for (StatePart part : parts.values()) {
      if (!part.logSome(limit)) {
        return false;
      }
    }
    return true;
  }

  /** Returns how many entries there are: live cells, timers, elements of queues, values. */
  public long entryCount() {
    long count = 0;
    for (KeyedState<?> state : keyed.values()) {
      count += state.entryCount();
    }
    for (TaskQueue<?> queue : queues.values()) {
      count += queue.size();
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
    queues.values().forEach(queue -> queue.forEachEntry(visitor));
    values.values().forEach(value -> value.forEachEntry(visitor));
    parts.forEach((name, part) -> part.forEachEntry(name, visitor));
  }

  /** Lets go of the heap that was leased for pages; snapshots that were taken stay valid. */
  @Override
  public void close() {
    pageMemory.close();
    share.close();
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
