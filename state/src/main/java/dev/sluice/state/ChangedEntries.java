package dev.sluice.state;

import java.util.Arrays;

/**
 * The entries that changed in one epoch, in the order in which they did first.
 *
 * <p>Owned by a {@link KeyedState}. An entry may be in it although it was logged meanwhile.
 */
final class ChangedEntries {
  private static final int LEAST_CAPACITY = 16;
  private static final int KEPT_CAPACITY = 1 << 20;

  private KeyEntry[] entries = new KeyEntry[LEAST_CAPACITY];
  private int next;
  private int end;

  void add(KeyEntry entry) {
    if (end == entries.length) {
      entries = Arrays.copyOf(entries, end * 2);
    }
    entries[end++] = entry;
  }

  boolean isEmpty() {
    return next == end;
  }

  /** Takes out the first one; the list is as new when none is left. */
  KeyEntry take() {
    KeyEntry first = entries[next];
    entries[next++] = null;
    if (next == end) {
      next = 0;
      end = 0;
      if (entries.length > KEPT_CAPACITY) {
        entries = new KeyEntry[LEAST_CAPACITY];
      }
    }
    return first;
  }
}
