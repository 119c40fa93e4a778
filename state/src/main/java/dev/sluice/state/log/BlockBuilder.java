package dev.sluice.state.log;

import java.util.Arrays;

/**
 * Records one behind the other in a block that is not yet compressed. A record is
 *
 * <pre>
 *   varint   how many bytes its key shares with the beginning of the key before, times 4, plus what
 *            it does: 0 put, 1 delete, 2 delete all whose keys begin so
 *   varint   n, then the n bytes of its key (or prefix) behind those
 *   varint   n, then the n bytes of its value: puts only
 * </pre>
 *
 * Owned by one thread. Copies what it is given and allocates nothing but its arrays. What is always
 * true: the first record of a block shares nothing, so each block can be read alone.
 */
final class BlockBuilder {
  private static final int MOST_NUMBER_BYTES = 5;
  private static final int LEAST_KEY_CAPACITY = 64;

  private byte[] block;
  private int size;
  private int count;
  private byte[] lastKey = new byte[LEAST_KEY_CAPACITY];
  private int lastKeyLength;

  BlockBuilder(byte[] block) {
    this.block = block;
  }

  /** Returns how many bytes a record takes at most. */
  static long mostBytes(int keyLength, int valueLength) {
    return 3L * MOST_NUMBER_BYTES + keyLength + valueLength;
  }

  int size() {
    return size;
  }

  int count() {
    return count;
  }

  /** Hands over the block, of which {@link #size} bytes count, and continues with another one. */
  byte[] exchange(byte[] empty) {
    byte[] full = block;
    block = empty;
    size = 0;
    count = 0;
    lastKeyLength = 0;
    return full;
  }

  /** Takes over what another one has, and gives it what this one has. */
  void swap(BlockBuilder other) {
    byte[] otherBlock = other.block;
    int otherSize = other.size;
    int otherCount = other.count;
    byte[] otherKey = other.lastKey;
    int otherKeyLength = other.lastKeyLength;
    other.block = block;
    other.size = size;
    other.count = count;
    other.lastKey = lastKey;
    other.lastKeyLength = lastKeyLength;
    block = otherBlock;
    size = otherSize;
    count = otherCount;
    lastKey = otherKey;
    lastKeyLength = otherKeyLength;
  }

  void add(int op, byte[] key, int keyLength, byte[] values, int valueOffset, int valueLength) {
    reserve(mostBytes(keyLength, valueLength));
    int shared = shared(key, keyLength);
    int rest = keyLength - shared;
    putVarInt(shared << 2 | op);
    putVarInt(rest);
    System.arraycopy(key, shared, block, size, rest);
    size += rest;
    if (lastKey.length < keyLength) {
      lastKey = Arrays.copyOf(lastKey, Math.max(keyLength, 2 * lastKey.length));
    }
    System.arraycopy(key, shared, lastKey, shared, rest);
    lastKeyLength = keyLength;
    if (op == RecordCursor.PUT) {
      putVarInt(valueLength);
      System.arraycopy(values, valueOffset, block, size, valueLength);
      size += valueLength;
    }
    count++;
  }

  private int shared(byte[] key, int keyLength) {
    int least = Math.min(lastKeyLength, keyLength);
    int shared = Arrays.mismatch(lastKey, 0, least, key, 0, least);
    return shared < 0 ? least : shared;
  }

  private void reserve(long more) {
    if (block.length - size < more) {
      long wanted = size + more;
      if (wanted > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException("a key and its value have more than 2 GB when encoded");
      }
      block = Arrays.copyOf(block, (int) wanted);
    }
  }

  private void putVarInt(int number) {
    int rest = number;
    while ((rest & ~0x7F) != 0) {
      block[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    block[size++] = (byte) rest;
  }
}
