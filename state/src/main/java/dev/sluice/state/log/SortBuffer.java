package dev.sluice.state.log;

import java.util.Arrays;

/**
 * Records on the heap that are sorted once there are enough: a run.
 *
 * <p>Owned by one thread. A record is kept as 1 byte of what it does, 4 of the length of its key, 4
 * of the length of its value, key, value. What is always true: a later record stands at a greater
 * offset, so offsets tell which of two is the younger.
 */
final class SortBuffer {
  private static final int HEAD_BYTES = 9;
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
    int[] scratch = Arrays.copyOf(offsets, count);
    sort(scratch, offsets, 0, count);
    return new Sorted();
  }

  /** Sorts {@code from} into {@code into}, which holds the same; stable. */
  private void sort(int[] from, int[] into, int begin, int end) {
    if (end - begin < 2) {
      return;
    }
    int middle = (begin + end) >>> 1;
    sort(into, from, begin, middle);
    sort(into, from, middle, end);
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

  /** By key; a prefix before a key of the same bytes. */
  private int compare(int a, int b) {
    int keyA = a + HEAD_BYTES;
    int keyB = b + HEAD_BYTES;
    int order =
        Arrays.compareUnsigned(bytes, keyA, keyA + keyLength(a), bytes, keyB, keyB + keyLength(b));
    return order != 0 ? order : Boolean.compare(isPrefix(b), isPrefix(a));
  }

  private boolean isPrefix(int offset) {
    return bytes[offset] == RecordCursor.DELETE_PREFIX;
  }

  private int keyLength(int offset) {
    return getInt(offset + 1);
  }

  private int getInt(int at) {
    return (bytes[at] & 0xFF) << 24
        | (bytes[at + 1] & 0xFF) << 16
        | (bytes[at + 2] & 0xFF) << 8
        | (bytes[at + 3] & 0xFF);
  }

  private void putInt(int at, int number) {
    bytes[at] = (byte) (number >>> 24);
    bytes[at + 1] = (byte) (number >>> 16);
    bytes[at + 2] = (byte) (number >>> 8);
    bytes[at + 3] = (byte) number;
  }

  /** Walks over what the sorted records come to. */
  private final class Sorted implements RecordCursor {
    private final ActivePrefixes prefixes = new ActivePrefixes();
    private int next;
    private int at;
    private byte[] key = new byte[64];

    @Override
    public boolean next() {
      while (next < count) {
        at = offsets[next++];
        while (next < count && compare(at, offsets[next]) == 0) {
          at = offsets[next++];
        }
        int keyAt = at + HEAD_BYTES;
        boolean counts =
            isPrefix(at)
                ? prefixes.add(bytes, keyAt, SortBuffer.this.keyLength(at), at)
                : prefixes.youngest(bytes, keyAt, SortBuffer.this.keyLength(at)) < at;
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
      return SortBuffer.this.keyLength(at);
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
      return getInt(at + 5);
    }
  }
}
