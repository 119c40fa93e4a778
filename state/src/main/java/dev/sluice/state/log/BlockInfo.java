package dev.sluice.state.log;

import dev.sluice.state.key.KeyGroupRange;
import java.util.function.IntPredicate;

/**
 * What a segment's index says of a block.
 *
 * @param storedBytes the block in the file, with its header
 * @param rawBytes its records when unpacked
 * @param records how many there are
 * @param firstGroup the least key group in it
 * @param lastGroup the greatest
 * @param sides whether panes of side inputs are in it
 * @param transforms bit {@code hash mod 64} is set for every transform in it; all of them if one
 *     record may concern any transform
 */
record BlockInfo(
    int storedBytes,
    int rawBytes,
    int records,
    int firstGroup,
    int lastGroup,
    boolean sides,
    long transforms) {

  /** The bits of a block in which one record concerns all transforms. */
  static final long ANY = -1L;

  static long bit(int transformHash) {
    return 1L << (transformHash & 63);
  }

  /**
   * Says whether a wanted record may be in it.
   *
   * @param wantedTransforms has a bit for each transform that may be wanted
   */
  boolean mayHold(KeyGroupRange groups, boolean allSides, long wantedTransforms) {
    boolean inGroups = firstGroup <= groups.last() && lastGroup >= groups.first();
    return (inGroups || (allSides && sides))
        && (transforms == ANY || (transforms & wantedTransforms) != 0);
  }

  /** Returns the bits of those of the known transforms that are wanted. */
  static long bits(Iterable<Integer> transformHashes, IntPredicate wanted) {
    long bits = 0;
    for (int hash : transformHashes) {
      if (wanted.test(hash)) {
        bits |= bit(hash);
      }
    }
    return bits;
  }
}
