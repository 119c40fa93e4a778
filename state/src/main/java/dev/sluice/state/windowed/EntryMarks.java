package dev.sluice.state.windowed;

import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which entries of an {@link AccumulatorTable} are to be logged: a bit for each that changed in the
 * current epoch, and one for each that changed in the epoch before it and is not logged yet.
 *
 * <p>Owned by its table. What is always true: an entry whose accumulator is logged whole never has
 * both bits.
 */
final class EntryMarks {
  private long[] changed;
  private long @Nullable [] closing;

  EntryMarks(int capacity) {
    changed = new long[words(capacity)];
  }

  private static int words(int entries) {
    return (entries + 63) >> 6;
  }

  void grow(int capacity) {
    changed = Arrays.copyOf(changed, words(capacity));
  }

  /** Says that an entry is about to change; true if it has to be logged before that. */
  boolean touch(int entry) {
    changed[entry >> 6] |= 1L << entry;
    return closing != null && isClosing(entry);
  }

  void unmark(int entry) {
    changed[entry >> 6] &= ~(1L << entry);
  }

  boolean isChanged(int entry) {
    return (changed[entry >> 6] & 1L << entry) != 0;
  }

  boolean isClosing(int entry) {
    return closing != null
        && entry >> 6 < closing.length
        && (closing[entry >> 6] & 1L << entry) != 0;
  }

  void closed(int entry) {
    closing[entry >> 6] &= ~(1L << entry);
  }

  /** The epoch ends. */
  void barrier() {
    closing = changed;
    changed = new long[closing.length];
  }

  /**
   * Returns the first entry, from one on, that is still to be logged; a negative number if none.
   */
  int nextClosing(int from) {
    if (closing == null) {
      return -1;
    }
    for (int word = from >> 6; word < closing.length; word++) {
      long bits = closing[word];
      if (word == from >> 6) {
        bits &= -1L << from;
      }
      if (bits != 0) {
        return (word << 6) + Long.numberOfTrailingZeros(bits);
      }
    }
    return -1;
  }

  /** All entries of the closed epoch are logged. */
  void allClosed() {
    closing = null;
  }
}
