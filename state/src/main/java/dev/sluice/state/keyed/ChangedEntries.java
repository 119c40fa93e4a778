package dev.sluice.state.keyed;

import java.util.Arrays;

/**
 * The entries that changed in one epoch and are not logged yet, roughly in the order of their first
 * change.
 *
 * <p>Owned by a {@link KeyedState}. What is always true: an entry is in one of these exactly while
 * it is marked as changed, and knows its place there, so that one that leaves the heap is not kept.
 */
final class ChangedEntries {
  private static final int LEAST_CAPACITY = 16;
  private static final int KEPT_CAPACITY = 1 << 20;

  private KeyEntry[] entries = new KeyEntry[LEAST_CAPACITY];
  private int size;

  void add(KeyEntry entry) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size * 2);
    }
    entry.placeInChanged = size;
    entries[size++] = entry;
  }

  boolean isEmpty() {
    return size == 0;
  }

  KeyEntry last() {
    return entries[size - 1];
  }

  /** Takes out an entry; the list is as new when none is left. */
  void remove(KeyEntry entry) {
    KeyEntry last = entries[--size];
    entries[entry.placeInChanged] = last;
    last.placeInChanged = entry.placeInChanged;
    entries[size] = null;
    if (size == 0 && entries.length > KEPT_CAPACITY) {
      entries = new KeyEntry[LEAST_CAPACITY];
    }
  }
}
