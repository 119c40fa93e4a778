package dev.sluice.state.log;

import java.util.Arrays;

/**
 * Records on the heap that are sorted once there are enough: a run.
 *
 * <p>Owned by one thread. A record is kept as 1 byte of what it does, 4 of the length of its key, 4
 * of the length of its value, key, value. What is always true: a later record stands at a greater
 * offset, so offsets say which of two is the younger.
 */
final class SortBuffer {
  private static final int HEAD_BYTES = KeySort.HEAD_BYTES;
  private static final int LEAST_BYTES = 64 << 10;

  private final int mostBytes;
  private byte[] bytes = new byte[LEAST_BYTES];
  private int size;
  private int[] offsets = new int[1024];
  private int count;

  SortBuffer(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Returns false, and takes nothing, if it is full. */
  boolean add(RecordCursor at) {
    long more = (long) HEAD_BYTES + at.keyLength() + at.valueLength();
    long used = size + more + 4L * (count + 1);
    if (count > 0 && used > mostBytes) {
      return false;
    }
    if (size + more > bytes.length) {
      long wanted = Math.max(size + more, Math.min(2L * bytes.length, mostBytes));
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    offsets[count++] = size;
    bytes[size] = (byte) at.op();
    putInt(size + 1, at.keyLength());
    putInt(size + 5, at.valueLength());
    System.arraycopy(at.key(), 0, bytes, size + HEAD_BYTES, at.keyLength());
    System.arraycopy(
        at.values(), at.valueOffset(), bytes, size + HEAD_BYTES + at.keyLength(), at.valueLength());
    size += (int) more;
    return true;
  }

  void clear() {
    size = 0;
    count = 0;
  }

  /**
   * Sorts, and returns what the records come to: each prefix and each key at most once, prefixes
   * before the keys that begin so. Good until {@link #clear}.
   */
  RecordCursor sorted() {
    KeySort sort = new KeySort(bytes);
    return new Sorted(sort, sort.sort(offsets, count));
  }

  private void putInt(int at, int number) {
    bytes[at] = (byte) (number >>> 24);
    bytes[at + 1] = (byte) (number >>> 16);
    bytes[at + 2] = (byte) (number >>> 8);
    bytes[at + 3] = (byte) number;
  }

  /** Walks over what the sorted records come to. */
  private final class Sorted implements RecordCursor {
    private final KeySort sort;
    private final int[] sorted;
    private final ActivePrefixes prefixes = new ActivePrefixes();
    private int next;
    private int at;
    private byte[] key = new byte[64];

    private Sorted(KeySort sort, int[] sorted) {
      this.sort = sort;
      this.sorted = sorted;
    }

    @Override
    public boolean next() {
      while (next < count) {
        at = sorted[next++];
        while (next < count && sort.compare(at, sorted[next]) == 0) {
          at = sorted[next++];
        }
        int keyAt = at + HEAD_BYTES;
        boolean counts =
            bytes[at] == DELETE_PREFIX
                ? prefixes.add(bytes, keyAt, KeySort.keyLength(bytes, at), at)
                : prefixes.youngest(bytes, keyAt, KeySort.keyLength(bytes, at)) < at;
        if (counts) {
          int length = keyLength();
          if (key.length < length) {
            key = new byte[Math.max(length, 2 * key.length)];
          }
          System.arraycopy(bytes, keyAt, key, 0, length);
          return true;
        }
      }
      return false;
    }

    @Override
    public int op() {
      return bytes[at];
    }

    @Override
    public byte[] key() {
      return key;
    }

    @Override
    public int keyLength() {
      return KeySort.keyLength(bytes, at);
    }

    @Override
    public byte[] values() {
      return bytes;
    }

    @Override
    public int valueOffset() {
      return at + HEAD_BYTES + keyLength();
    }

    @Override
    public int valueLength() {
      return KeySort.valueLength(bytes, at);
    }
  }
}
