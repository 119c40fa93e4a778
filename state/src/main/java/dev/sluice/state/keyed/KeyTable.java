package dev.sluice.state.keyed;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The keys of one key group that have state or timers: an open-addressing table from a key and its
 * hash to its {@link KeyEntry}.
 *
 * <p>Owned by a {@link KeyedState}, therefore by the task's thread. Linear probing over an array of
 * hashes beside one of entries, so that a probe touches an entry only if its hash agrees; removal
 * closes the gap, so there are no tombstones. The given hash decides the group by its low bits,
 * which are therefore the same for all keys here; it is spread again for the place in the table.
 * What is always true: at most 60% of the places are taken, and the order of places follows from
 * the hashes and the history of the table alone, never from {@code hashCode()}.
 */
final class KeyTable {
  private static final int LEAST_CAPACITY = 8;
  private static final int[] NO_HASHES = {};
  private static final KeyEntry[] NO_ENTRIES = {};

  private int[] hashes = NO_HASHES;
  private @Nullable KeyEntry[] entries = NO_ENTRIES;
  private int size;

  static int spread(int hash) {
    int h = hash * 0x9E3779B9;
    return h ^ (h >>> 15);
  }

  @Nullable KeyEntry find(KeyLookup<?> lookup, @Nullable Object sought, int hash) {
    if (size == 0) {
      return null;
    }
    int mask = entries.length - 1;
    int at = spread(hash) & mask;
    KeyEntry candidate = entries[at];
    while (candidate != null) {
      if (hashes[at] == hash && lookup.isFor(candidate, sought)) {
        return candidate;
      }
      at = (at + 1) & mask;
      candidate = entries[at];
    }
    return null;
  }

  void insert(KeyEntry entry) {
    if ((size + 1) * 5L > entries.length * 3L) {
      rehash(Math.max(LEAST_CAPACITY, entries.length * 2));
    }
    place(entry);
    size++;
  }

  void remove(KeyEntry entry) {
    int mask = entries.length - 1;
    int hole = spread(entry.hash) & mask;
    while (entries[hole] != entry) {
      hole = (hole + 1) & mask;
    }
    int at = (hole + 1) & mask;
    while (entries[at] != null) {
      int home = spread(hashes[at]) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        entries[hole] = entries[at];
        hashes[hole] = hashes[at];
        hole = at;
      }
      at = (at + 1) & mask;
    }
    entries[hole] = null;
    size--;
    if (size == 0) {
      hashes = NO_HASHES;
      entries = NO_ENTRIES;
    } else if (entries.length > LEAST_CAPACITY && size * 6 < entries.length) {
      rehash(entries.length / 2);
    }
  }

  int size() {
    return size;
  }

  /** Returns the number of places, for a walk over {@link #entryAt}. */
  int capacity() {
    return entries.length;
  }

  @Nullable KeyEntry entryAt(int place) {
    return entries[place];
  }

  private void rehash(int capacity) {
    @Nullable KeyEntry[] old = entries;
    entries = new KeyEntry[capacity];
    hashes = new int[capacity];
    for (KeyEntry entry : old) {
      if (entry != null) {
        place(entry);
      }
    }
  }

  private void place(KeyEntry entry) {
    int mask = entries.length - 1;
    int at = spread(entry.hash) & mask;
    while (entries[at] != null) {
      at = (at + 1) & mask;
    }
    entries[at] = entry;
    hashes[at] = entry.hash;
  }
}
