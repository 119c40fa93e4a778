package dev.sluice.state.key;

/**
 * A murmur3_32 hash (x86 variant, seed 0) over bytes that are handed in one by one, so that an
 * encoding can be hashed without being made.
 *
 * <p>Owned by one {@link KeyHasher}, therefore by one task's thread. Between {@link #reset} and
 * {@link #finish} the bytes put are the message.
 */
final class Murmur3 {
  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;

  private int hash;
  private int block;
  private int length;

  void reset() {
    hash = 0;
    block = 0;
    length = 0;
  }

  void putByte(int b) {
    int shift = (length & 3) << 3;
    block |= (b & 0xff) << shift;
    length++;
    if (shift == 24) {
      mix(block);
      block = 0;
    }
  }

  /** Puts four bytes, the first being the least significant. */
  private void putIntLittleEndian(int four) {
    if ((length & 3) == 0) {
      mix(four);
      length += 4;
    } else {
      putByte(four);
      putByte(four >>> 8);
      putByte(four >>> 16);
      putByte(four >>> 24);
    }
  }

  void putIntBigEndian(int value) {
    putIntLittleEndian(Integer.reverseBytes(value));
  }

  void putLongBigEndian(long value) {
    putIntBigEndian((int) (value >>> 32));
    putIntBigEndian((int) value);
  }

  /** Puts the variable-length encoding of an unsigned long: seven bits a byte, low bits first. */
  void putVarLong(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      putByte((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    putByte((int) rest);
  }

  void putVarInt(int value) {
    putVarLong(value & 0xffff_ffffL);
  }

  void putBytes(byte[] bytes, int from, int count) {
    int i = from;
    int end = from + count;
    while (i + 4 <= end) {
      putIntLittleEndian(
          (bytes[i] & 0xff)
              | (bytes[i + 1] & 0xff) << 8
              | (bytes[i + 2] & 0xff) << 16
              | bytes[i + 3] << 24);
      i += 4;
    }
    while (i < end) {
      putByte(bytes[i++]);
    }
  }

  /**
   * Puts the length of the string's UTF-8 encoding as a variable-length int, then that encoding.
   */
  void putUtf8WithLength(String text) {
    putVarInt(utf8Length(text));
    int chars = text.length();
    int i = 0;
    while (i < chars) {
      char c = text.charAt(i++);
      if (c < 0x80) {
        putByte(c);
      } else if (c < 0x800) {
        putByte(0xc0 | (c >> 6));
        putByte(0x80 | (c & 0x3f));
      } else if (!Character.isSurrogate(c)) {
        putByte(0xe0 | (c >> 12));
        putByte(0x80 | ((c >> 6) & 0x3f));
        putByte(0x80 | (c & 0x3f));
      } else if (isPair(text, i - 1)) {
        int point = Character.toCodePoint(c, text.charAt(i++));
        putByte(0xf0 | (point >> 18));
        putByte(0x80 | ((point >> 12) & 0x3f));
        putByte(0x80 | ((point >> 6) & 0x3f));
        putByte(0x80 | (point & 0x3f));
      } else {
        putByte('?'); // what the JDK writes for half of a surrogate pair
      }
    }
  }

  private static int utf8Length(String text) {
    int chars = text.length();
    int bytes = 0;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (isPair(text, i)) {
        bytes += 4;
        i++;
      } else {
        bytes++;
      }
    }
    return bytes;
  }

  private static boolean isPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1));
  }

  private void mix(int four) {
    int k = Integer.rotateLeft(four * C1, 15) * C2;
    hash = Integer.rotateLeft(hash ^ k, 13) * 5 + 0xe6546b64;
  }

  int finish() {
    int h = hash;
    if ((length & 3) != 0) {
      h ^= Integer.rotateLeft(block * C1, 15) * C2;
    }
    h ^= length;
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    h *= 0xc2b2ae35;
    h ^= h >>> 16;
    return h;
  }
}
