package dev.sluice.state;

/**
 * The values of one key and window, in the order in which they came; may be larger than memory.
 *
 * <p>Owned by the task's thread, made by {@link ValueLists}.
 *
 * @param <T> the type of the values
 */
public final class ValueList<T> {
  private final PagedList<T> values;

  ValueList(PagedList<T> values) {
    this.values = values;
  }

  /** Puts a value at the end. */
  public void append(T value) {
    values.append(value);
  }

  /** Returns the values of this moment, for good. */
  public Iterable<T> snapshot() {
    return values.snapshot();
  }

  /** Returns the values for good, and holds none any more. */
  public Iterable<T> drain() {
    Iterable<T> all = values.snapshot();
    values.clear();
    return all;
  }
}
