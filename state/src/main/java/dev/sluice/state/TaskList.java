package dev.sluice.state;

import dev.sluice.state.log.EntryKey;
import java.util.Iterator;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.VarLongCoder;

/**
 * A list that belongs to a task rather than to a key: elements that wait for a side input,
 * residuals, buffers. May be larger than memory.
 *
 * <p>Owned by the task's thread. It is saved in the first key group of the task.
 *
 * @param <T> the type of the elements
 */
public final class TaskList<T> implements Iterable<T> {
  private final int keyGroup;
  private final StateEntry.Column name;
  private final PagedList<T> elements;
  private final StateLog log;

  /** The groups under which elements were saved: other tasks' too, after a rescaling. */
  private final SortedSet<Integer> savedIn = new TreeSet<>();

  private long appended;

  TaskList(int keyGroup, StateEntry.Column name, PageKind<T> pages, StateLog log) {
    this.keyGroup = keyGroup;
    this.name = name;
    this.elements = new PagedList<>(pages);
    this.log = log;
  }

  /** Puts an element at the end. */
  public void append(T element) {
    elements.append(element);
    if (log.isOn()) {
      savedIn.add(keyGroup);
      StateLog.encode(log.value.clear(), element, elements.coder(), described());
      log.open().put(ValueKey.of(log, keyGroup, name).putLong(appended), log.value);
    }
    appended++;
  }

  /**
   * Iterates the elements of this moment, in the order in which they were appended, whatever
   * becomes of the list meanwhile.
   */
  @Override
  public Iterator<T> iterator() {
    return snapshot().iterator();
  }

  /** Returns the elements of this moment, for good. */
  public Iterable<T> snapshot() {
    return elements.snapshot();
  }

  /** Makes the list hold these elements instead, which may come from a snapshot of itself. */
  public void replace(Iterable<? extends T> others) {
    Iterator<? extends T> iterator = others.iterator();
    clear();
    iterator.forEachRemaining(this::append);
  }

  /** Removes all elements. */
  public void clear() {
    elements.clear();
    appended = 0;
    if (log.isOn()) {
      for (int group : savedIn) {
        log.open().deletePrefix(ValueKey.of(log, group, name));
      }
      savedIn.clear();
    }
  }

  /** Takes back an element that was saved; they come in their order. */
  void restore(byte[] key, byte[] saved) {
    int group = EntryKey.keyGroup(key);
    savedIn.add(group);
    elements.append(new ByteReader(saved, 0).decodeRest(elements.coder(), described()));
    if (group == keyGroup) {
      appended = new ByteReader(key, key.length - Long.BYTES).readLong() + 1;
    }
  }

  private String described() {
    return "element of state " + name.stateId() + " of transform " + name.transformId();
  }

  /** Returns the number of elements. */
  public long size() {
    return elements.size();
  }

  /** Says whether there is no element. */
  public boolean isEmpty() {
    return elements.size() == 0;
  }

  void forEachEntry(EntryVisitor visitor) {
    long number = 0;
    for (T element : this) {
      visitor.visit(
          new StateEntry(
              keyGroup,
              name,
              null,
              null,
              new Coded<>(number++, VarLongCoder.of()),
              new Coded<>(element, elements.coder())));
    }
  }
}
