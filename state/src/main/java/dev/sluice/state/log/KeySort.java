package dev.sluice.state.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Sorts records in an array of bytes by their keys; records of one key keep their order, and
 * deleted prefixes come before a key of the same bytes.
 *
 * <p>Owned by one thread. Keys of a task share long beginnings (the transform, the kind), and a
 * comparison of two of them misses the cache twice. So what all keys of a range share is skipped,
 * the eight bytes behind it are read into an array once and sorted by radix, and only ranges in
 * which these are the same are sorted further: by the bytes behind, or, if they are short or keys
 * end, by comparing. (Measured: 4,000,000 records with 15 bytes of key and 8 of value are merged in
 * two thirds of the time that comparing alone takes.)
 */
final class KeySort {
  /** Before a key: 1 byte of what the record does, 4 of the key's length, 4 of the value's. */
  static final int HEAD_BYTES = 9;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final int COMPARED = 64;
  private static final int DIGITS = 256;

  private final byte[] bytes;
  private int[] offsets;
  private int[] otherOffsets;
  private long[] keys;
  private long[] otherKeys;

  KeySort(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Sorts this number of records, given by where they begin; returns the array that they are sorted
   * in.
   */
  int[] sort(int[] unsorted, int count) {
    offsets = unsorted;
    otherOffsets = new int[count];
    keys = new long[count];
    otherKeys = new long[count];
    sort(0, count);
    return offsets;
  }

  static int keyLength(byte[] bytes, int offset) {
    return (int) INTS.get(bytes, offset + 1);
  }

  static int valueLength(byte[] bytes, int offset) {
    return (int) INTS.get(bytes, offset + 5);
  }

  /** Compares two records by key, a deleted prefix before a key of the same bytes. */
  int compare(int a, int b) {
    int keyA = a + HEAD_BYTES;
    int keyB = b + HEAD_BYTES;
    int order =
        Arrays.compareUnsigned(
            bytes, keyA, keyA + keyLength(bytes, a), bytes, keyB, keyB + keyLength(bytes, b));
    return order != 0 ? order : Boolean.compare(isPrefix(b), isPrefix(a));
  }

  private boolean isPrefix(int offset) {
    return bytes[offset] == RecordCursor.DELETE_PREFIX;
  }

  private void sort(int begin, int end) {
    if (end - begin < COMPARED) {
      sortByComparing(begin, end);
      return;
    }
    int first = offsets[begin] + HEAD_BYTES;
    int shortest = keyLength(bytes, offsets[begin]);
    int shared = shortest;
    for (int i = begin + 1; i < end; i++) {
      int key = offsets[i] + HEAD_BYTES;
      int length = keyLength(bytes, offsets[i]);
      shortest = Math.min(shortest, length);
      int least = Math.min(shared, length);
      int mismatch = Arrays.mismatch(bytes, first, first + least, bytes, key, key + least);
      shared = mismatch < 0 ? least : mismatch;
    }
    if (shared >= shortest) {
      // A key ends where the others continue, or all are the same.
      sortByComparing(begin, end);
      return;
    }
    for (int i = begin; i < end; i++) {
      keys[i] = eightBytes(offsets[i], shared);
    }
    sortByRadix(begin, end);
    sortTies(begin, end);
  }

  /** Sorts further where the eight bytes are the same. */
  private void sortTies(int begin, int end) {
    int tie = begin;
    for (int i = begin + 1; i <= end; i++) {
      if (i == end || keys[i] != keys[tie]) {
        if (i - tie > 1) {
          sort(tie, i);
        }
        tie = i;
      }
    }
  }

  /** Returns the bytes of a key behind those that are shared; zeros if it ends before. */
  private long eightBytes(int offset, int shared) {
    int at = offset + HEAD_BYTES + shared;
    int length = keyLength(bytes, offset) - shared;
    if (length >= 8) {
      return (long) LONGS.get(bytes, at);
    }
    long eight = 0;
    for (int i = 0; i < 8; i++) {
      eight = eight << 8 | (i < length ? bytes[at + i] & 0xFF : 0);
    }
    return eight;
  }

  private void sortByRadix(int begin, int end) {
    int[] starts = new int[DIGITS];
    for (int shift = 0; shift < 64; shift += 8) {
      Arrays.fill(starts, 0);
      for (int i = begin; i < end; i++) {
        starts[(int) (keys[i] >>> shift) & 0xFF]++;
      }
      if (starts[(int) (keys[begin] >>> shift) & 0xFF] < end - begin) {
        scatter(begin, end, shift, starts);
      }
    }
  }

  private void scatter(int begin, int end, int shift, int[] starts) {
    int next = begin;
    for (int digit = 0; digit < DIGITS; digit++) {
      int count = starts[digit];
      starts[digit] = next;
      next += count;
    }
    for (int i = begin; i < end; i++) {
      int to = starts[(int) (keys[i] >>> shift) & 0xFF]++;
      otherKeys[to] = keys[i];
      otherOffsets[to] = offsets[i];
    }
    System.arraycopy(otherKeys, begin, keys, begin, end - begin);
    System.arraycopy(otherOffsets, begin, offsets, begin, end - begin);
  }

  private void sortByComparing(int begin, int end) {
    System.arraycopy(offsets, begin, otherOffsets, begin, end - begin);
    merge(otherOffsets, offsets, begin, end);
  }

  /** Sorts {@code from} into {@code into}, which holds the same. */
  private void merge(int[] from, int[] into, int begin, int end) {
    if (end - begin < 2) {
      return;
    }
    int middle = (begin + end) >>> 1;
    merge(into, from, begin, middle);
    merge(into, from, middle, end);
    if (compare(from[middle - 1], from[middle]) <= 0) {
      System.arraycopy(from, begin, into, begin, end - begin);
      return;
    }
    int left = begin;
    int right = middle;
    for (int i = begin; i < end; i++) {
      boolean takeLeft = right == end || (left < middle && compare(from[left], from[right]) <= 0);
      into[i] = takeLeft ? from[left++] : from[right++];
    }
  }
}
