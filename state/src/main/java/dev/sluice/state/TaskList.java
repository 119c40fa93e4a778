package dev.sluice.state;

import java.util.Iterator;
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

  TaskList(int keyGroup, StateEntry.Column name, PageKind<T> pages) {
    this.keyGroup = keyGroup;
    this.name = name;
    this.elements = new PagedList<>(pages);
  }

  /** Puts an element at the end. */
  public void append(T element) {
    elements.append(element);
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
    elements.clear();
    iterator.forEachRemaining(elements::append);
  }

  /** Removes all elements. */
  public void clear() {
    elements.clear();
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
