package dev.sluice.state;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.EntryVisitor;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.page.PageKind;
import dev.sluice.state.page.PagedList;
import java.util.Collections;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.apache.beam.sdk.coders.Coder;

/**
 * Elements of a task that wait for their turn, first in, first out. May be larger than memory.
 *
 * <p>Owned by the task's thread. What is always true: each element is saved in a key group of its
 * own choice, so that after a change of parallelism it waits in the task that owns its key; an
 * element that was taken out is no longer saved. Elements are numbered over all groups, and keep
 * the number and the group that they were saved under until they are taken out; so after a restore
 * they come in the very order in which they were put in, and where tasks' elements meet, by number.
 *
 * @param <T> the type of the elements
 */
public final class TaskQueue<T> {
  private final StateEntry.Column name;
  private final Coder<T> coder;
  private final ToIntFunction<T> groupOf;
  private final StateLog log;
  private final RestoredElements<T> restored;
  private PagedList<T> in;
  private PagedList<T> out;
  private Iterator<T> next = Collections.emptyIterator();

  /** The numbers of the elements that were not restored: of the first one, and of the next one. */
  private long head;

  private long tail;

  TaskQueue(StateEntry.Column name, PageKind<T> pages, ToIntFunction<T> groupOf, StateLog log) {
    this.name = name;
    this.coder = pages.coder();
    this.groupOf = groupOf;
    this.log = log;
    this.restored = new RestoredElements<>(pages, name);
    this.in = new PagedList<>(pages);
    this.out = new PagedList<>(pages);
  }

  /** Puts an element at the end. */
  public void append(T element) {
    in.append(element);
    if (log.isOn()) {
      StateLog.encode(log.value().clear(), element, coder, described());
      log.open().put(keyOf(groupOf.applyAsInt(element), tail), log.value());
    }
    tail++;
  }

  /**
   * Takes out the first element.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public T take() {
    if (restored.size() > 0) {
      RestoredElements.Numbered<T> first = restored.take();
      taken(first.group(), first.number());
      return first.element();
    }
    if (!next.hasNext()) {
      out.clear();
      PagedList<T> emptied = out;
      out = in;
      in = emptied;
      next = out.snapshot().iterator();
    }
    T element = next.next();
    taken(groupOf.applyAsInt(element), head);
    head++;
    return element;
  }

  private void taken(int group, long number) {
    if (log.isOn()) {
      log.open().delete(keyOf(group, number));
    }
  }

  /** Shows every element, the first one first. */
  public void forEach(Consumer<? super T> visitor) {
    forEach((group, element) -> visitor.accept(element));
  }

  private void forEach(ObjIntVisitor<? super T> visitor) {
    restored.forEach(numbered -> visitor.visit(numbered.group(), numbered.element()));
    long skipped = out.size() - (tail - head - in.size());
    for (T element : out.snapshot()) {
      if (skipped-- <= 0) {
        visitor.visit(groupOf.applyAsInt(element), element);
      }
    }
    for (T element : in.snapshot()) {
      visitor.visit(groupOf.applyAsInt(element), element);
    }
  }

  /** Returns the number of elements. */
  public long size() {
    return restored.size() + tail - head;
  }

  /** Says whether there is no element. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** Takes back an element that was saved, before any is taken out; those of one group in order. */
  void restore(byte[] key, byte[] value) {
    long number = new ByteReader(key, EntryKey.HEADER_BYTES + Integer.BYTES).readLong();
    T element = new ByteReader(value, 0).decodeRest(coder, described());
    restored.add(EntryKey.keyGroup(key), number, element);
    tail = Math.max(tail, number + 1);
    head = tail;
  }

  private Bytes keyOf(int group, long number) {
    return ValueKey.of(log, group, name).putLong(number);
  }

  private String described() {
    return "element of state " + name.stateId() + " of transform " + name.transformId();
  }

  void forEachEntry(EntryVisitor visitor) {
    forEach(
        (group, element) ->
            visitor.visit(
                new StateEntry(group, name, null, null, null, new Coded<>(element, coder))));
  }

  /** Sees an element and the group that it is saved in. */
  private interface ObjIntVisitor<T> {
    void visit(int group, T element);
  }
}
