package dev.sluice.state.log;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A run of bytes that grows at its end and is used again and again: where keys and values of
 * records are encoded.
 *
 * <p>Owned by one thread. Whoever keeps bytes beyond the next {@link #clear} copies them. Numbers
 * are written with their most significant byte first, so that unsigned order of bytes is unsigned
 * order of numbers.
 */
public final class Bytes extends OutputStream {
  private static final int LEAST_CAPACITY = 64;

  private byte[] array;
  private int size;

  /** Makes an empty run. */
  public Bytes() {
    this(LEAST_CAPACITY);
  }

  /** Makes an empty run with room for this number of bytes. */
  public Bytes(int capacity) {
    array = new byte[capacity];
  }

  /** Returns the array that holds the bytes {@code 0 .. size() - 1}; another one after it grew. */
  public byte[] array() {
    return array;
  }

  /** Returns the number of bytes. */
  public int size() {
    return size;
  }

  /** Returns a copy of the bytes. */
  public byte[] toByteArray() {
    return Arrays.copyOf(array, size);
  }

  /** Removes all bytes. */
  public Bytes clear() {
    size = 0;
    return this;
  }

  /** Removes all bytes behind the first {@code newSize}. */
  public Bytes truncate(int newSize) {
    if (newSize < 0 || newSize > size) {
      throw new IllegalArgumentException(newSize + " bytes of " + size);
    }
    size = newSize;
    return this;
  }

  @Override
  public void write(int b) {
    reserve(1);
    array[size++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    reserve(length);
    System.arraycopy(bytes, offset, array, size, length);
    size += length;
  }

  /** Appends all of the bytes. */
  public Bytes put(byte[] bytes) {
    write(bytes, 0, bytes.length);
    return this;
  }

  /** Appends all of the bytes. */
  public Bytes put(Bytes bytes) {
    write(bytes.array, 0, bytes.size);
    return this;
  }

  /** Appends one byte. */
  public Bytes putByte(int b) {
    write(b);
    return this;
  }

  /** Appends four bytes. */
  public Bytes putInt(int number) {
    reserve(4);
    ByteBuffer.wrap(array).putInt(size, number);
    size += 4;
    return this;
  }

  /** Appends eight bytes. */
  public Bytes putLong(long number) {
    reserve(8);
    ByteBuffer.wrap(array).putLong(size, number);
    size += 8;
    return this;
  }

  /** Appends an unsigned number in as few bytes as it needs, seven bits in each, least first. */
  public Bytes putVarInt(int number) {
    int rest = number;
    while ((rest & ~0x7F) != 0) {
      write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    write(rest);
    return this;
  }

  /** Says whether these bytes begin with those. */
  public boolean startsWith(byte[] prefix) {
    return size >= prefix.length
        && Arrays.equals(array, 0, prefix.length, prefix, 0, prefix.length);
  }

  private void reserve(int more) {
    if (array.length - size < more) {
      long wanted = Math.max((long) size + more, 2L * array.length);
      if ((long) size + more > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException("a key or value has more than 2 GB when encoded");
      }
      array = Arrays.copyOf(array, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(array, size));
  }
}
