package dev.sluice.state;

import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;
import java.util.Collections;
import java.util.Iterator;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.apache.beam.sdk.coders.Coder;

/**
 * Elements of a task that wait for their turn, first in, first out. May be larger than memory.
 *
 * <p>Owned by the task's thread. What is always true: each element is saved in a key group of its
 * own choice, so that after a change of parallelism it waits in the task that owns its key; an
 * element that was taken out is saved no more. After a restore elements of one group come in the
 * order in which they were put in.
 *
 * @param <T> the type of the elements
 */
public final class TaskQueue<T> {
  private final StateEntry.Column name;
  private final Coder<T> coder;
  private final ToIntFunction<T> groupOf;
  private final StateLog log;
  private PagedList<T> in;
  private PagedList<T> out;
  private Iterator<T> next = Collections.emptyIterator();
  private long head;
  private long tail;

  /** The groups under which restored elements were saved, until they are put in anew. */
  private final SortedSet<Integer> restoredFrom = new TreeSet<>();

  TaskQueue(StateEntry.Column name, PageKind<T> pages, ToIntFunction<T> groupOf, StateLog log) {
    this.name = name;
    this.coder = pages.coder();
    this.groupOf = groupOf;
    this.log = log;
    this.in = new PagedList<>(pages);
    this.out = new PagedList<>(pages);
  }

  /** Puts an element at the end. */
  public void append(T element) {
    renew();
    keep(element);
  }

  private void keep(T element) {
    in.append(element);
    if (log.isOn()) {
      StateLog.encode(log.value.clear(), element, coder, described());
      log.open().put(keyOf(element, tail), log.value);
    }
    tail++;
  }

  /**
   * Takes out the first element.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public T take() {
    renew();
    if (!next.hasNext()) {
      out.clear();
      PagedList<T> emptied = out;
      out = in;
      in = emptied;
      next = out.snapshot().iterator();
    }
    T element = next.next();
    if (log.isOn()) {
      log.open().delete(keyOf(element, head));
    }
    head++;
    return element;
  }

  /** Shows every element, the first one first. */
  public void forEach(Consumer<? super T> visitor) {
    long skipped = out.size() - (size() - in.size());
    for (T element : out.snapshot()) {
      if (skipped-- <= 0) {
        visitor.accept(element);
      }
    }
    in.snapshot().forEach(visitor);
  }

  /** Returns the number of elements. */
  public long size() {
    return tail - head;
  }

  /** Says whether there is no element. */
  public boolean isEmpty() {
    return tail == head;
  }

  /** Takes back an element that was saved. */
  void restore(byte[] key, byte[] value) {
    restoredFrom.add(EntryKey.keyGroup(key));
    in.append(new ByteReader(value, 0).decodeRest(coder, described()));
    tail++;
  }

  /**
   * Elements of several tasks may have come back under equal numbers: all are saved anew, before
   * the first change.
   */
  private void renew() {
    if (restoredFrom.isEmpty() || !log.isOn()) {
      return;
    }
    for (int group : restoredFrom) {
      log.open().deletePrefix(ValueKey.of(log, group, name));
    }
    restoredFrom.clear();
    PagedList<T> restored = in;
    Iterable<T> elements = restored.snapshot();
    restored.clear();
    head = 0;
    tail = 0;
    elements.forEach(this::keep);
  }

  private Bytes keyOf(T element, long number) {
    return ValueKey.of(log, groupOf.applyAsInt(element), name).putLong(number);
  }

  private String described() {
    return "element of state " + name.stateId() + " of transform " + name.transformId();
  }

  void forEachEntry(EntryVisitor visitor) {
    forEach(
        element ->
            visitor.visit(
                new StateEntry(
                    groupOf.applyAsInt(element),
                    name,
                    null,
                    null,
                    null,
                    new Coded<>(element, coder))));
  }
}
