package dev.sluice.state.windowed;

import dev.sluice.state.page.PagedList;
import java.util.Iterator;

/**
 * The values of one key and window, in the order in which they came; may be larger than memory.
 *
 * <p>Owned by the task's thread, made by {@link ValueLists}. Knows how many of its values are in
 * the log already, for values are only appended, and each is logged once.
 *
 * @param <T> the type of the values
 */
public final class ValueList<T> {
  private static final int OWN_BYTES = 120;
  private static final int PAGE_BYTES = 80;
  private static final long NONE = -1;

  private final PagedList<T> values;
  private long logged;
  private long frozen = NONE;
  private long firstNumber = NONE;

  ValueList(PagedList<T> values) {
    this.values = values;
  }

  /** Puts a value at the end. */
  public void append(T value) {
    values.append(value);
  }

  /** Returns a lasting snapshot of the values. */
  public Iterable<T> snapshot() {
    return values.snapshot();
  }

  /** Hands over the values, and holds none any more. */
  public Iterable<T> drain() {
    Iterable<T> all = values.snapshot();
    values.clear();
    return all;
  }

  Iterator<T> iteratorFrom(long first) {
    return values.snapshot().iteratorFrom(first);
  }

  /** How many of the values are in the log. */
  long logged() {
    return logged;
  }

  void loggedUpTo(long count) {
    logged = count;
  }

  /** Only what is here now belongs to the epoch that is still to be logged. */
  void freeze() {
    if (frozen == NONE) {
      frozen = values.size();
    }
  }

  long frozenSize() {
    return frozen == NONE ? values.size() : frozen;
  }

  void unfreeze() {
    frozen = NONE;
  }

  /** Says by which number the first value is saved, unless that is known. */
  void numberFrom(long first) {
    if (firstNumber == NONE) {
      firstNumber = first;
    }
  }

  /** The number by which a value is saved. */
  long numberOf(long value) {
    return firstNumber + value;
  }

  /** All values are in the log, the last one by this number. */
  void lastIsLoggedAs(long number) {
    logged = values.size();
    firstNumber = number + 1 - logged;
  }

  /** Estimates what it takes besides its values, which are counted by their pages. */
  long ownBytes() {
    return OWN_BYTES + (long) PAGE_BYTES * values.pageCount();
  }
}
