package dev.sluice.state.log;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Walks over what a key's main record ({@link EntryKey.Kind#KEYED}) holds, or what stands behind
 * the key in that of a long one ({@link EntryKey.Kind#LONG_KEYED}), without knowing a coder.
 *
 * <pre>
 *   hash       4 bytes    of the key
 *   cells      varint n, n of: kind 1 byte, state 4 bytes (its hash), namespace and content, each varint
 *              n, n bytes
 *   timers     varint n, n of: domain 1 byte, namespace, family and id, each varint n, n bytes; time,
 *              output time, order of setting, 8 bytes each
 * </pre>
 *
 * Pure functions, for those who print what a savepoint holds.
 */
final class MainRecord {
  private static final int TIMES_BYTES = 24;

  /** The kind of a collection whose elements are entries of their own. */
  private static final int PARTED = 2;

  private MainRecord() {}

  /** Called with what there is. */
  interface Visitor {
    /** There is a cell of a state that is all in the record, with its size in bytes. */
    void cell(int stateHash, int bytes);

    /** There is a timer, with its size in bytes. */
    void timer(int bytes);
  }

  /** Returns how many bytes of the record of a long key are the key, with its length. */
  static int keyBytes(byte[] values, int offset, int length) {
    ByteBuffer in = ByteBuffer.wrap(values, offset, length);
    try {
      skip(in, varInt(in));
      return in.position() - offset;
    } catch (BufferUnderflowException e) {
      return length;
    }
  }

  /** Returns false if the value is not a main record of this version. */
  static boolean visit(byte[] values, int offset, int length, Visitor visitor) {
    ByteBuffer in = ByteBuffer.wrap(values, offset, length);
    try {
      skip(in, 4);
      for (int cells = varInt(in); cells > 0; cells--) {
        int from = in.position();
        boolean parted = in.get() == PARTED;
        int state = in.getInt();
        skip(in, varInt(in));
        skip(in, varInt(in));
        if (!parted) {
          visitor.cell(state, in.position() - from);
        }
      }
      for (int timers = varInt(in); timers > 0; timers--) {
        int from = in.position();
        skip(in, 1);
        skip(in, varInt(in));
        skip(in, varInt(in));
        skip(in, varInt(in));
        skip(in, TIMES_BYTES);
        visitor.timer(in.position() - from);
      }
      return !in.hasRemaining();
    } catch (BufferUnderflowException e) {
      return false;
    }
  }

  private static void skip(ByteBuffer in, int bytes) {
    if (bytes < 0 || bytes > in.remaining()) {
      throw new BufferUnderflowException();
    }
    in.position(in.position() + bytes);
  }

  private static int varInt(ByteBuffer in) {
    int number = 0;
    int shift = 0;
    int b = in.get();
    while (b < 0) {
      number |= (b & 0x7F) << shift;
      shift += 7;
      b = in.get();
    }
    return number | b << shift;
  }
}
