package dev.sluice.state.keyed;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Cycles through all keys of a transform and finds those that were not selected for a while: each
 * that was selected since the hand came by gets a second chance (the CLOCK algorithm).
 *
 * <p>Owned by a {@link KeyedState}. The tables may change between two calls: a key that moves may
 * be skipped once, or be seen twice.
 */
final class ClockHand {
  private final KeyTable[] tables;
  private int table;
  private int place;

  ClockHand(KeyTable[] tables) {
    this.tables = tables;
  }

  /**
   * Returns the next key that may go, which is then taken out of its table; null if there is none.
   *
   * @param selected the one that must stay
   */
  @Nullable KeyEntry next(@Nullable KeyEntry selected) {
    for (int visits = 0; visits <= 2 * tables.length; visits++) {
      KeyTable at = tables[table];
      while (place < at.capacity()) {
        KeyEntry entry = at.entryAt(place);
        if (entry != null && entry != selected) {
          if (entry.recent) {
            entry.recent = false;
          } else {
            // The place is looked at again: when an entry is removed, another one closes the gap.
            return entry;
          }
        }
        place++;
      }
      place = 0;
      table = table + 1 < tables.length ? table + 1 : 0;
    }
    return null;
  }
}
