package dev.sluice.state.log;

/**
 * Takes the changes that a task makes to its state, in the order in which they are to be applied.
 *
 * <p>Called by the task's thread; copies what it is given. Keys are those of {@link EntryKey}. What
 * is always true: applied in order to an empty map of bytes, all changes since a task began give
 * its state; a {@link #put} replaces what was there; changes of one epoch that are applied twice,
 * in order, have the same effect as once.
 */
public interface ChangeLog {
  /** The entry has this value now. */
  void put(Bytes key, Bytes value);

  /** There is no such entry now. */
  void delete(Bytes key);

  /** There is no entry now whose key begins with these bytes. */
  void deletePrefix(Bytes prefix);
}
