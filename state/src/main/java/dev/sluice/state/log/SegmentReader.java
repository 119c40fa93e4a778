package dev.sluice.state.log;

import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads one segment: what its footer says of it, and the wanted ones of its records in the order in
 * which they were written.
 *
 * <p>Used by one thread. Blocks on the storage. Every byte that it reads is checked.
 */
public final class SegmentReader {
  /** A gap up to this number of bytes is read through, rather than asking the storage again. */
  private static final int SKIPPED_BY_READING = 256 << 10;

  /**
   * A file up to this size in bytes is read in one piece: a storage takes long to answer at all.
   */
  private static final int READ_WHOLE = 64 << 10;

  private final Opener file;
  private final SegmentRef ref;
  private final SegmentFooter footer;

  private SegmentReader(Opener file, SegmentRef ref, SegmentFooter footer) {
    this.file = file;
    this.ref = ref;
    this.footer = footer;
  }

  /** The bytes of one file. */
  @FunctionalInterface
  interface Opener {
    /** Reads it from a position on. */
    InputStream open(long position) throws IOException;
  }

  /**
   * Reads the footer of a segment.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there
   * @throws CorruptSegmentException if it is not what it was when the reference was made
   */
  public static SegmentReader open(CheckpointFiles files, SegmentRef ref) throws IOException {
    Opener file;
    long size;
    if (ref.bytes() <= READ_WHOLE) {
      byte[] whole;
      try (InputStream in = files.open(ref.file(), 0)) {
        whole = in.readNBytes(READ_WHOLE + 1);
      }
      size = whole.length;
      file = position -> new ByteArrayInputStream(whole, (int) position, whole.length);
    } else {
      size = files.size(ref.file());
      file = position -> files.open(ref.file(), position);
    }
    if (size != ref.bytes()) {
      throw new CorruptSegmentException(
          ref.file(),
          Math.min(size, ref.bytes()),
          String.format(
              "it does not have the %d bytes that it had when its checkpoint was made",
              ref.bytes()));
    }
    return new SegmentReader(file, ref, SegmentFooter.read(file, ref));
  }

  SegmentFooter footer() {
    return footer;
  }

  /** Returns the wanted records, from the first on. */
  RecordCursor records(SegmentFilter filter) {
    Map<Integer, Integer> newHashes = filter.newHashes(footer.names());
    RecordCursor records =
        newHashes.isEmpty()
            ? new Records(filter)
            : new RenamedRecords(new Records(filter.before(newHashes)), newHashes);
    return footer.hasWholeKeys() ? new WholeKeyRecords(records) : records;
  }

  /** Says whether {@link #records} come in the order of their keys. */
  boolean isSorted(SegmentFilter filter) {
    return footer.sorted() && filter.newHashes(footer.names()).isEmpty();
  }

  /** Walks over the blocks that may hold wanted records, and over the records in them. */
  private final class Records implements RecordCursor {
    private final SegmentFilter filter;
    private final long wantedTransforms;
    private final BlockCursor block = new BlockCursor();
    private int nextBlock;
    private long nextPosition = SegmentFormat.HEAD_BYTES;
    private @Nullable InputStream in;
    private long inPosition;
    private byte[] stored = {};
    private byte[] raw = new byte[SegmentFormat.BLOCK_BYTES];

    private Records(SegmentFilter filter) {
      this.filter = filter;
      this.wantedTransforms = BlockInfo.bits(footer.counts().transforms(), filter.transforms());
    }

    @Override
    public boolean next() throws IOException {
      while (true) {
        while (block.next()) {
          if (filter.accepts(block.key(), block.keyLength())) {
            return true;
          }
        }
        if (!readBlock()) {
          return false;
        }
      }
    }

    private boolean readBlock() throws IOException {
      while (nextBlock < footer.blocks().size()) {
        BlockInfo info = footer.blocks().get(nextBlock++);
        long position = nextPosition;
        nextPosition += info.storedBytes();
        if (info.mayHold(filter.groups(), filter.allSides(), wantedTransforms)) {
          seek(position);
          if (stored.length < info.storedBytes()) {
            stored = new byte[info.storedBytes()];
          }
          readFully(stored, info.storedBytes());
          raw = StoredBlock.unpack(stored, info, raw, ref.file(), position);
          block.read(raw, info.rawBytes(), ref.file(), position);
          return true;
        }
      }
      return false;
    }

    private void seek(long position) throws IOException {
      if (in == null || position - inPosition > SKIPPED_BY_READING) {
        close();
        // The head is read with the first block, and checked.
        inPosition = position == SegmentFormat.HEAD_BYTES ? 0 : position;
        in = file.open(inPosition);
        if (inPosition == 0) {
          byte[] head = new byte[SegmentFormat.HEAD_BYTES];
          readFully(head, head.length);
          SegmentFooter.checkHead(ref.file(), head);
        }
      }
      try {
        in.skipNBytes(position - inPosition);
      } catch (EOFException e) {
        throw cutOff();
      }
      inPosition = position;
    }

    private void readFully(byte[] into, int count) throws IOException {
      int read = in.readNBytes(into, 0, count);
      inPosition += read;
      if (read < count) {
        throw cutOff();
      }
    }

    private CorruptSegmentException cutOff() {
      return new CorruptSegmentException(
          ref.file(), inPosition, "it ends before the " + ref.bytes() + " bytes that it had");
    }

    @Override
    public int op() {
      return block.op();
    }

    @Override
    public byte[] key() {
      return block.key();
    }

    @Override
    public int keyLength() {
      return block.keyLength();
    }

    @Override
    public byte[] values() {
      return block.values();
    }

    @Override
    public int valueOffset() {
      return block.valueOffset();
    }

    @Override
    public int valueLength() {
      return block.valueLength();
    }

    @Override
    public void close() throws IOException {
      InputStream open = in;
      in = null;
      if (open != null) {
        open.close();
      }
    }
  }
}
