package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.log.Bytes;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The cells of a key as they were saved, of which nobody has asked for yet: their coders are known
 * only when somebody does.
 *
 * <pre>
 *   kind       1 byte    {@link #HOLD}, {@link #PARTED}, or 0
 *   state      4 bytes   hash of the state's id
 *   namespace  varint n, n bytes
 *   content    varint n, n bytes    see the encodeContent of each cell
 * </pre>
 *
 * <p>Belongs to one {@link KeyEntry}, therefore to the task's thread. What is always true: the
 * array of bytes is never changed; a cell is here or decoded, not both.
 */
final class UndecodedCells {
  /** The kind of a watermark hold, whose content is its time. */
  static final int HOLD = 1;

  /** The kind of a collection whose elements are in the store, one by one: see CellParts. */
  static final int PARTED = 2;

  private static final int HOLD_BYTES = 8;

  private final byte[] bytes;
  private final int[] starts;
  private int count;
  private int takenKind;

  private UndecodedCells(byte[] bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
    this.count = starts.length;
  }

  /** Reads over the cells, of which the reader has just read the number; null if there is none. */
  static @Nullable UndecodedCells read(byte[] bytes, ByteReader in, int cells) {
    if (cells == 0) {
      return null;
    }
    int[] starts = new int[cells];
    for (int i = 0; i < cells; i++) {
      starts[i] = in.position();
      in.skip(5);
      in.skip(in.readVarInt());
      in.skip(in.readVarInt());
    }
    return new UndecodedCells(bytes, starts);
  }

  /** What it takes on the heap. */
  int heapBytes() {
    return 64 + bytes.length + Integer.BYTES * starts.length;
  }

  int count() {
    return count;
  }

  /** Takes out the content of a cell, or returns null if it is not here. */
  @Nullable ByteReader take(int stateHash, byte[] namespace) {
    for (int i = 0; i < count; i++) {
      ByteReader in = new ByteReader(bytes, starts[i] + 1);
      if (in.readInt() == stateHash && isNext(in, namespace)) {
        in.readVarInt();
        takenKind = bytes[starts[i]];
        remove(i);
        return in;
      }
    }
    return null;
  }

  /** Returns the kind of the cell that was taken last. */
  int takenKind() {
    return takenKind;
  }

  /**
   * Removes the cells of a namespace, or all cells.
   *
   * @param gone called with what is kept elsewhere of those that go
   * @return how many went
   */
  int removeAll(byte @Nullable [] namespace, Gone gone) {
    int before = count;
    for (int i = count - 1; i >= 0; i--) {
      ByteReader in = new ByteReader(bytes, starts[i]);
      int kind = in.readByte();
      int state = in.readInt();
      byte[] of = in.readWithLength();
      if (namespace == null || Arrays.equals(of, namespace)) {
        if (kind == HOLD) {
          in.readVarInt();
          gone.hold(in.readLong());
        } else if (kind == PARTED) {
          gone.parts(state, of);
        }
        remove(i);
      }
    }
    return before - count;
  }

  /** Called, for cells that go, with what is not in them. */
  interface Gone {
    /** A hold of this time goes. */
    void hold(long timeMs);

    /** The elements of a collection go. */
    void parts(int stateHash, byte[] namespace);
  }

  /** Tells the time of each hold. */
  void forEachHold(LongConsumer hold) {
    for (int i = 0; i < count; i++) {
      if (bytes[starts[i]] == HOLD) {
        hold.accept(new ByteReader(bytes, endOf(i) - HOLD_BYTES).readLong());
      }
    }
  }

  /** Appends the cells as they are. */
  void writeTo(Bytes out) {
    for (int i = 0; i < count; i++) {
      out.write(bytes, starts[i], endOf(i) - starts[i]);
    }
  }

  private int endOf(int cell) {
    ByteReader in = new ByteReader(bytes, starts[cell] + 5);
    in.skip(in.readVarInt());
    in.skip(in.readVarInt());
    return in.position();
  }

  private boolean isNext(ByteReader in, byte[] namespace) {
    int length = in.readVarInt();
    int from = in.position();
    in.skip(length);
    return Arrays.equals(bytes, from, from + length, namespace, 0, namespace.length);
  }

  private void remove(int cell) {
    starts[cell] = starts[--count];
  }
}
