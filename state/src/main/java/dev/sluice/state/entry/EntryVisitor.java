package dev.sluice.state.entry;

/**
 * Is shown every entry of a task's state: see {@link dev.sluice.state.TaskState#forEachEntry}.
 *
 * <p>Called by the task's thread. The entry's objects are the live ones: encode them before the
 * call returns, and change nothing.
 */
@FunctionalInterface
public interface EntryVisitor {
  /** Takes one entry. */
  void visit(StateEntry entry);
}
