package dev.sluice.state;

import dev.sluice.state.entry.EntryVisitor;
import dev.sluice.state.entry.SliceLimit;
import dev.sluice.state.entry.StateEntry;

/**
 * A data structure that keeps its own share of a task's state in its own way, for example the
 * accumulators of a specialised operator.
 *
 * <p>Registered with {@link TaskState#register} and owned by the task's thread. What must always be
 * true: between two steps of the task, everything that a barrier would have to save is shown by
 * {@link #forEachEntry}, and is logged as {@link PartLog} says.
 */
public interface StatePart {
  /** Shows every entry to the visitor, by ascending key group. */
  void forEachEntry(StateEntry.Column column, EntryVisitor visitor);

  /** Returns the number of entries. */
  long entryCount();

  /** Says where changes are to be logged; called once, when it is registered. */
  void logTo(PartLog log);

  /** The epoch ends: what changed in it is to be logged, at once or by {@link #logSome}. */
  void barrier();

  /**
   * Logs for a while of what changed in the closed epoch.
   *
   * @return true when nothing of it is left
   */
  boolean logSome(SliceLimit limit);

  /** Takes back an entry that was saved. */
  void restore(byte[] key, byte[] value);
}
