package dev.sluice.state;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.EntryVisitor;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
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
  private final StateLog log;
  private @Nullable T value;
  private boolean changed;

  TaskValue(int keyGroup, StateEntry.Column name, Coder<T> coder, StateLog log) {
    this.keyGroup = keyGroup;
    this.name = name;
    this.coder = coder;
    this.log = log;
  }

  /** Returns the value, or null if there is none. */
  public @Nullable T get() {
    return value;
  }

  /** Sets the value. */
  public void set(T newValue) {
    value = newValue;
    changed = true;
  }

  /** Removes the value. */
  public void clear() {
    value = null;
    changed = true;
  }

  /** The epoch ends: what has changed in it is logged, now, since a mark may change later. */
  void barrier() {
    if (changed && log.isOn()) {
      changed = false;
      Bytes key = ValueKey.of(log, keyGroup, name);
      if (value == null) {
        log.open().delete(key);
      } else {
        StateLog.encode(log.value().clear(), value, coder, described());
        log.open().put(key, log.value());
      }
    }
  }

  /** Takes back the value that was saved. */
  void restore(byte[] saved) {
    value = new ByteReader(saved, 0).decodeRest(coder, described());
  }

  private String described() {
    return "value of state " + name.stateId() + " of transform " + name.transformId();
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
