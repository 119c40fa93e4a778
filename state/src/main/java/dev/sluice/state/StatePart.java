package dev.sluice.state;

/**
 * A data structure that keeps its own share of a task's state in its own way, for example the
 * accumulators of a specialised operator.
 *
 * <p>Registered with {@link TaskState#register} and owned by the task's thread. What must always be
 * true: between two steps of the task, everything that a barrier would have to save is shown by
 * {@link #forEachEntry}.
 */
public interface StatePart {
  /** Shows every entry to the visitor, by ascending key group. */
  void forEachEntry(StateEntry.Column column, EntryVisitor visitor);

  /** Returns the number of entries. */
  long entryCount();
}
