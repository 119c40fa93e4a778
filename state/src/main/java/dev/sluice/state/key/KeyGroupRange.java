package dev.sluice.state.key;

/**
 * A contiguous range of key groups, both ends included; empty if {@code last < first}.
 *
 * @param first the least group in the range
 * @param last the greatest group in the range
 */
public record KeyGroupRange(int first, int last) {
  /** All groups: what the only task of a stage owns. */
  public static final KeyGroupRange ALL = new KeyGroupRange(0, KeyGroups.COUNT - 1);

  /** Checks that the range lies within the groups that exist. */
  public KeyGroupRange {
    if (first < 0 || last >= KeyGroups.COUNT || last < first - 1) {
      throw new IllegalArgumentException(
          "Key groups " + first + ".." + last + " are not within 0.." + (KeyGroups.COUNT - 1));
    }
  }

  /** Says whether the group is in the range. */
  public boolean contains(int group) {
    return group >= first && group <= last;
  }

  /** Returns how many groups the range has. */
  public int size() {
    return last - first + 1;
  }
}
