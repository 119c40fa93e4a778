package dev.sluice.state.log;

import dev.sluice.state.key.KeyGroupRange;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Which records of a segment are wanted, and what their transforms are called now.
 *
 * @param groups the key groups that are
 * @param transforms says by the hash of its present name whether a transform is
 * @param allSides whether panes of side inputs are wanted whatever their group is, as they are by a
 *     task that is restored
 * @param names what the transforms of a segment are called now
 */
public record SegmentFilter(
    KeyGroupRange groups, IntPredicate transforms, boolean allSides, TransformNames names) {
  /** Wants every record. */
  public static final SegmentFilter ALL = new SegmentFilter(KeyGroupRange.ALL, hash -> true, true);

  /** Wants records of transforms that are called as before. */
  public SegmentFilter(KeyGroupRange groups, IntPredicate transforms, boolean allSides) {
    this(groups, transforms, allSides, TransformNames.SAME);
  }

  /** Returns the hashes of the new names, by those of the old, of what is called otherwise now. */
  Map<Integer, Integer> newHashes(StateNames saved) {
    Map<Integer, Integer> changed = new TreeMap<>();
    if (!names.isSame()) {
      saved
          .transforms()
          .forEach(
              (hash, old) -> {
                int now = EntryKey.nameHash(names.of(old));
                if (now != hash) {
                  changed.put(hash, now);
                }
              });
    }
    return changed;
  }

  /** Returns one that wants the same records by their old names. */
  SegmentFilter before(Map<Integer, Integer> newHashes) {
    IntPredicate old = hash -> transforms.test(newHashes.getOrDefault(hash, hash));
    return new SegmentFilter(groups, old, allSides);
  }

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
