package dev.sluice.state.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The deleted prefixes that the keys which are now being iterated over, in order, begin with; each
 * within the one before.
 *
 * <p>Owned by one walk. What is always true: the last one is the youngest, since one that is older
 * than one around it deletes nothing that is not deleted anyway.
 */
final class ActivePrefixes {
  private final List<byte[]> prefixes = new ArrayList<>();
  private long[] ages = new long[4];

  /**
   * A deleted prefix is met.
   *
   * @param age greater for younger ones
   * @return false if one around it is as young, so that it says nothing new
   */
  boolean add(byte[] array, int offset, int length, long age) {
    if (youngest(array, offset, length) >= age) {
      return false;
    }
    if (prefixes.size() == ages.length) {
      ages = Arrays.copyOf(ages, 2 * ages.length);
    }
    ages[prefixes.size()] = age;
    prefixes.add(Arrays.copyOfRange(array, offset, offset + length));
    return true;
  }

  /** Returns the age of the youngest that deletes a key; below 0 if none does. */
  long youngest(byte[] array, int offset, int length) {
    for (int i = prefixes.size() - 1; i >= 0; i--) {
      byte[] prefix = prefixes.get(i);
      if (length >= prefix.length
          && Arrays.equals(prefix, 0, prefix.length, array, offset, offset + prefix.length)) {
        return ages[i];
      }
      prefixes.remove(i);
    }
    return -1;
  }
}
