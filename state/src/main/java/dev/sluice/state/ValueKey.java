package dev.sluice.state;

import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;

/** The keys of what belongs to a key group rather than to a key. Pure functions. */
final class ValueKey {
  private ValueKey() {}

  /** Writes the key of a value, or what the keys of a list's elements begin with. */
  static Bytes of(StateLog log, int keyGroup, StateEntry.Column name) {
    EntryKey.header(
        log.key(), keyGroup, log.transformHash(name.transformId()), EntryKey.Kind.VALUE);
    return log.key().putInt(log.stateHash(name.stateId()));
  }
}
