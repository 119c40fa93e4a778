package dev.sluice.state.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The changes that a {@link RocksDbStore} has taken but not yet written: a batch in the making, and
 * an index into it, so that a read finds what was written a moment ago.
 *
 * <p>Owned by its store, therefore by one task's thread. The changes stand in one array, in the
 * bytes that RocksDB itself gives a batch (a sequence number of 8 bytes, a count of 4, then for
 * each change a tag, and key and value behind their lengths as varints; numbers begin with their
 * least significant byte), so that 256 changes and more cross into native code by one call and one
 * copy. The index is an open-addressing table of places in the array; the newest change of a key is
 * the one that it names. What is always true: while {@link #isFull} says no, there is room for one
 * more change in the index.
 */
final class PendingWrites {
  /** A batch is written when it has this number of changes. */
  static final int FULL_COUNT = 512;

  /** A batch is written when it has this number of bytes, however few changes these are. */
  static final int FULL_BYTES = 1 << 20;

  /** What {@link #find} returns for a key that has not changed. */
  static final int UNCHANGED = -1;

  private static final int HEADER_BYTES = 12;
  private static final int COUNT_AT = 8;
  private static final int INDEX_CAPACITY = 4 * FULL_COUNT;
  private static final int LARGEST_KEPT = 2 * FULL_BYTES;
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;
  private static final int VARINT_BYTES = 5;
  private static final byte DELETION = 0;
  private static final byte VALUE = 1;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Places of changes in the array, 0 where there is none: the header stands there. */
  private final int[] index = new int[INDEX_CAPACITY];

  private byte[] array = new byte[1 << 12];
  private int size = HEADER_BYTES;
  private int count;

  /** Where the last varint that was read ended. */
  private int end;

  boolean isEmpty() {
    return count == 0;
  }

  /** Says whether the batch is to be written before anything else is added. */
  boolean isFull() {
    return count >= FULL_COUNT || size >= FULL_BYTES;
  }

  int sizeBytes() {
    return size;
  }

  void put(byte[] key, int keyLength, byte[] value, int valueLength) {
    int at = begin(VALUE, key, keyLength, valueLength);
    putBytes(value, valueLength);
    remember(at);
  }

  void delete(byte[] key, int keyLength) {
    remember(begin(DELETION, key, keyLength, 0));
  }

  /** Returns the place of the newest change of a key, or {@link #UNCHANGED}. */
  int find(byte[] key, int length) {
    if (count == 0) {
      return UNCHANGED;
    }
    int at = index[slotOf(key, 0, length)];
    return at == 0 ? UNCHANGED : at;
  }

  /** Returns the value that a change gives its key; null if it deletes it. */
  byte @Nullable [] valueAt(int place) {
    if (array[place] == DELETION) {
      return null;
    }
    int keyLength = readVarInt(place + 1);
    int valueLength = readVarInt(end + keyLength);
    return Arrays.copyOfRange(array, end, end + valueLength);
  }

  /** Returns the batch as RocksDB reads it. */
  byte[] toByteArray() {
    INT.set(array, COUNT_AT, count);
    return Arrays.copyOf(array, size);
  }

  void clear() {
    Arrays.fill(index, 0);
    size = HEADER_BYTES;
    count = 0;
    if (array.length > LARGEST_KEPT) {
      array = new byte[FULL_BYTES];
    }
  }

  private int begin(byte tag, byte[] key, int keyLength, int valueLength) {
    reserve(1L + VARINT_BYTES + keyLength + VARINT_BYTES + valueLength);
    int at = size;
    array[size++] = tag;
    putBytes(key, keyLength);
    return at;
  }

  private void putBytes(byte[] bytes, int length) {
    int rest = length;
    while ((rest & ~0x7F) != 0) {
      array[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    array[size++] = (byte) rest;
    System.arraycopy(bytes, 0, array, size, length);
    size += length;
  }

  private void remember(int at) {
    int keyLength = readVarInt(at + 1);
    index[slotOf(array, end, keyLength)] = at;
    count++;
  }

  /** Returns where the key is in the index, or where it goes. */
  private int slotOf(byte[] key, int offset, int length) {
    int slot = hash(key, offset, length) & (INDEX_CAPACITY - 1);
    while (index[slot] != 0 && !isKeyAt(index[slot], key, offset, length)) {
      slot = (slot + 1) & (INDEX_CAPACITY - 1);
    }
    return slot;
  }

  private boolean isKeyAt(int place, byte[] key, int offset, int length) {
    return readVarInt(place + 1) == length
        && Arrays.equals(array, end, end + length, key, offset, offset + length);
  }

  private int readVarInt(int from) {
    int at = from;
    int number = array[at] & 0x7F;
    for (int shift = 7; array[at] < 0; shift += 7) {
      at++;
      number |= (array[at] & 0x7F) << shift;
    }
    end = at + 1;
    return number;
  }

  private static int hash(byte[] key, int offset, int length) {
    long hash = length;
    int at = offset;
    int last = offset + length;
    for (; last - at >= Long.BYTES; at += Long.BYTES) {
      hash = (hash ^ (long) LONG.get(key, at)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    for (; at < last; at++) {
      hash = (hash ^ key[at]) * 0x100000001B3L;
    }
    hash *= 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 32);
  }

  private void reserve(long more) {
    if (array.length - size < more) {
      long least = size + more;
      if (least > LARGEST_ARRAY) {
        throw new IllegalArgumentException(
            "an entry of " + more + " bytes is larger than a store can take");
      }
      array =
          Arrays.copyOf(array, (int) Math.min(LARGEST_ARRAY, Math.max(least, 2L * array.length)));
    }
  }
}
