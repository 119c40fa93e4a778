package dev.sluice.state.log;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The key under which an entry stands in segments and in stores: which bytes come in which order.
 *
 * <pre>
 *   key group  1 byte
 *   transform  4 bytes   {@link #nameHash} of the transform's full name
 *   kind       1 byte    {@link Kind#code}
 *   KEYED      varint n, n bytes of the key's encoding             all that is small of one key
 *   PART       the same as KEYED, then state, namespace, part      one part of a large collection
 *   LONG_KEYED 16 bytes of {@link KeyDigest}                          KEYED, if the key is long
 *   LONG_PART  the same as LONG_KEYED, then the same as PART       PART, if the key is long
 *   WINDOWED   state, namespace, varint n, n bytes of the key, number   an accumulator of a window
 *   VALUE      state, then the part if it is a list's              what belongs to no key
 *   SIDE       state, namespace, then part                         a pane of a side input
 *   state      4 bytes   {@link #nameHash} of the state's id
 *   namespace  varint n, n bytes
 *   part       the rest of the key
 * </pre>
 *
 * Pure functions. What is always true: the order of the bytes is the order of entries in a sorted
 * segment, so all of a group, of a transform in it, and of a key in that, stand together.
 */
public final class EntryKey {
  /** How many bytes come before what differs by kind. */
  public static final int HEADER_BYTES = 6;

  private EntryKey() {}

  /** What an entry is. */
  public enum Kind {
    /** All cells and timers of one key of one transform, but for parts of large collections. */
    KEYED('k'),
    /** One part of a large collection of one key. */
    PART('p'),
    /** As {@link #KEYED}, of a key that is too long to stand there: its value begins with it. */
    LONG_KEYED('K'),
    /** As {@link #PART}, of such a key. */
    LONG_PART('P'),
    /** An accumulator of one key in one window. */
    WINDOWED('w'),
    /** A value that belongs to a key group rather than to a key, or an element of a list. */
    VALUE('v'),
    /** A pane of a side input; restored by every task of the stage, whoever owns its group. */
    SIDE('s'),
    /** An index entry of a timer: in stores only, never in a segment. */
    TIMER('t');

    private final byte code;

    Kind(char code) {
      this.code = (byte) code;
    }

    /** Returns the byte that stands for it. */
    public byte code() {
      return code;
    }

    /**
     * Returns the kind that a byte stands for.
     *
     * @throws IllegalArgumentException if it stands for none
     */
    public static Kind of(byte code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no kind of entry has the code " + code);
    }
  }

  /**
   * Returns the number by which the name of a transform or a state stands in keys: CRC32C of its
   * UTF-8 bytes, the same in every process, so that segments of different tasks can be merged.
   */
  public static int nameHash(String name) {
    CRC32C crc = new CRC32C();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }

  /** Writes the header, over whatever was in {@code into}. */
  public static Bytes header(Bytes into, int keyGroup, int transformHash, Kind kind) {
    return into.clear().putByte(keyGroup).putInt(transformHash).putByte(kind.code());
  }

  /** Returns the key group of an entry. */
  public static int keyGroup(byte[] key) {
    return key[0] & 0xFF;
  }

  /** Returns the hash of the name of an entry's transform. */
  public static int transformHash(byte[] key) {
    return (key[1] & 0xFF) << 24 | (key[2] & 0xFF) << 16 | (key[3] & 0xFF) << 8 | (key[4] & 0xFF);
  }

  /** Makes an entry that of another transform. */
  static void setTransformHash(byte[] key, int hash) {
    key[1] = (byte) (hash >>> 24);
    key[2] = (byte) (hash >>> 16);
    key[3] = (byte) (hash >>> 8);
    key[4] = (byte) hash;
  }

  /**
   * Returns the hash of the id of an entry's state; 0 for the main record of a key, which holds
   * many, and if the bytes end before it.
   */
  public static int stateHash(byte[] key, int length) {
    int at = HEADER_BYTES;
    if (length <= at || isKeyed(key)) {
      return 0;
    }
    if (key[5] == Kind.PART.code()) {
      at = (int) Math.min(length, (long) beginOfKey(key, length) + lengthOfKey(key, length));
    } else if (key[5] == Kind.LONG_PART.code()) {
      at += KeyDigest.BYTES;
    }
    return length - at < 4
        ? 0
        : (key[at] & 0xFF) << 24
            | (key[at + 1] & 0xFF) << 16
            | (key[at + 2] & 0xFF) << 8
            | (key[at + 3] & 0xFF);
  }

  /** Returns how long the key is, of a record that has it whole; the bytes may end before. */
  static int lengthOfKey(byte[] key, int length) {
    int number = 0;
    int shift = 0;
    int at = HEADER_BYTES;
    while (at < length && key[at] < 0 && shift < 28) {
      number |= (key[at++] & 0x7F) << shift;
      shift += 7;
    }
    number |= at < length ? key[at] << shift : 0;
    return number & Integer.MAX_VALUE;
  }

  /** Returns where the key begins, of a record that has it whole. */
  static int beginOfKey(byte[] key, int length) {
    int at = HEADER_BYTES;
    while (at < length && key[at] < 0 && at < HEADER_BYTES + 4) {
      at++;
    }
    return at + 1;
  }

  /** Says whether an entry is the main record of a key. */
  public static boolean isKeyed(byte[] key) {
    return key[5] == Kind.KEYED.code() || key[5] == Kind.LONG_KEYED.code();
  }

  /** Says whether an entry is a part of a large collection. */
  public static boolean isPart(byte[] key) {
    return key[5] == Kind.PART.code() || key[5] == Kind.LONG_PART.code();
  }

  /** Says whether an entry is the main record of a key that stands in its value. */
  public static boolean hasKeyInValue(byte[] key) {
    return key[5] == Kind.LONG_KEYED.code();
  }

  /** Returns what an entry is. */
  public static Kind kind(byte[] key) {
    return Kind.of(key[5]);
  }
}
