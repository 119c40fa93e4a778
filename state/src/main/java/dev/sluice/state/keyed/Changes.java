package dev.sluice.state.keyed;

import dev.sluice.state.entry.SliceLimit;
import dev.sluice.state.entry.StateLog;

/**
 * Which keys of a transform have changed and are not logged yet, by epoch: in the current one, and
 * in the one before it.
 *
 * <p>Owned by a {@link KeyedState}. What is always true: if there is a log, an entry is in a list
 * exactly while {@link KeyEntry#changedIn} is not 0; without one, entries are marked so that the
 * store is known to be behind, but are in no list.
 */
final class Changes {
  private final String transformId;
  private final StateLog log;
  private final EntryCodec<?> codec;
  private ChangedEntries open = new ChangedEntries();
  private ChangedEntries closing = new ChangedEntries();

  Changes(String transformId, StateLog log, EntryCodec<?> codec) {
    this.transformId = transformId;
    this.log = log;
    this.codec = codec;
  }

  /** To be called before an entry changes: it will be logged. */
  void mark(KeyEntry entry) {
    if (entry.changedIn != log.epoch()) {
      touch(entry);
      entry.changedIn = log.epoch();
      entry.storedSame = false;
      if (log.isOn()) {
        open.add(entry);
      }
    }
  }

  /** To be called before an entry is handed out: what the epoch before has left of it is logged. */
  void touch(KeyEntry entry) {
    if (entry.changedIn != 0 && entry.changedIn != log.epoch()) {
      codec.record(entry);
      logWritten(entry);
    }
  }

  /** Logs the entry, whose key and value are in the log's buffers, if it is marked as changed. */
  void logWritten(KeyEntry entry) {
    if (entry.changedIn != 0 && log.isOn()) {
      (entry.changedIn == log.epoch() ? log.open() : log.closing()).put(log.key(), log.value());
      entry.logged = true;
    }
    unmark(entry);
  }

  /** The entry needs not be logged any more. */
  void unmark(KeyEntry entry) {
    if (entry.changedIn != 0 && log.isOn()) {
      (entry.changedIn == log.epoch() ? open : closing).remove(entry);
    }
    entry.changedIn = 0;
  }

  /** The current epoch ends. */
  void barrier() {
    if (!closing.isEmpty()) {
      throw new IllegalStateException(
          "transform " + transformId + " has an epoch ended before the one before it is logged");
    }
    ChangedEntries spare = closing;
    closing = open;
    open = spare;
  }

  /** Logs entries of the closed epoch; true when there is none left. */
  boolean logSome(SliceLimit limit) {
    while (!closing.isEmpty()) {
      touch(closing.last());
      if (limit.over()) {
        return closing.isEmpty();
      }
    }
    return true;
  }
}
