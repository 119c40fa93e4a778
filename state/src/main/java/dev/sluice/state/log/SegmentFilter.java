package dev.sluice.state.log;

import dev.sluice.state.key.KeyGroupRange;
import java.util.function.IntPredicate;

/**
 * Which records of a segment are wanted.
 *
 * @param groups the key groups that are
 * @param transforms says by the hash of its name whether a transform is
 * @param allSides whether panes of side inputs are wanted whatever their group is, as they are by a
 *     task that is restored
 */
public record SegmentFilter(KeyGroupRange groups, IntPredicate transforms, boolean allSides) {
  /** Wants every record. */
  public static final SegmentFilter ALL = new SegmentFilter(KeyGroupRange.ALL, hash -> true, true);

  /** Says whether a record is wanted, by its key or the prefix it deletes. */
  boolean accepts(byte[] key, int length) {
    int group = key[0] & 0xFF;
    // What deletes all of a group may delete panes of side inputs too.
    boolean side =
        allSides && (length < EntryKey.HEADER_BYTES || key[5] == EntryKey.Kind.SIDE.code());
    if (!side && !groups.contains(group)) {
      return false;
    }
    return length < EntryKey.HEADER_BYTES - 1 || transforms.test(EntryKey.transformHash(key));
  }
}
