package dev.sluice.state;

import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One value that belongs to a key group rather than to a key, for example the mark of a source's
 * split.
 *
 * <p>Owned by the task's thread. Null means that there is none, and nothing is saved.
 *
 * @param <T> the type of the value
 */
public final class TaskValue<T> {
  private final int keyGroup;
  private final StateEntry.Column name;
  private final Coder<T> coder;
  private @Nullable T value;

  TaskValue(int keyGroup, StateEntry.Column name, Coder<T> coder) {
    this.keyGroup = keyGroup;
    this.name = name;
    this.coder = coder;
  }

  /** Returns the value, or null if there is none. */
  public @Nullable T get() {
    return value;
  }

  /** Sets the value. */
  public void set(T newValue) {
    value = newValue;
  }

  /** Removes the value. */
  public void clear() {
    value = null;
  }

  /** Returns the key group to which the value belongs. */
  public int keyGroup() {
    return keyGroup;
  }

  void forEachEntry(EntryVisitor visitor) {
    if (value != null) {
      visitor.visit(new StateEntry(keyGroup, name, null, null, null, new Coded<>(value, coder)));
    }
  }
}
