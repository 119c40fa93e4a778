package dev.sluice.state.log;

import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A sorted run of a merge on a scratch disk: blocks that are not packed, each behind its length.
 *
 * <p>Written, then read once, by one thread; closing the cursor deletes the file.
 */
final class RunFile {
  private RunFile() {}

  /** Writes all records of a cursor to a file, and returns a cursor over the file. */
  static RecordCursor write(RecordCursor records, Disk disk, String name) throws IOException {
    DiskFile file = disk.create(name);
    boolean done = false;
    try {
      long bytes = 0;
      BlockBuilder block = new BlockBuilder(new byte[SegmentFormat.BLOCK_BYTES]);
      while (records.next()) {
        if (block.size() >= SegmentFormat.BLOCK_BYTES) {
          bytes += append(file, block);
        }
        block.add(
            records.op(),
            records.key(),
            records.keyLength(),
            records.values(),
            records.valueOffset(),
            records.valueLength());
      }
      bytes += append(file, block);
      done = true;
      return new Reading(file, bytes);
    } finally {
      if (!done) {
        file.delete();
      }
    }
  }

  private static int append(DiskFile file, BlockBuilder block) throws IOException {
    int size = block.size();
    byte[] records = block.exchange(new byte[0]);
    file.append(ByteBuffer.allocate(4).putInt(size).flip());
    file.append(ByteBuffer.wrap(records, 0, size));
    block.exchange(records);
    return 4 + size;
  }

  /** Reads a run. */
  private static final class Reading implements RecordCursor {
    private final DiskFile file;
    private final long end;
    private final BlockCursor block = new BlockCursor();
    private long position;
    private byte[] bytes = {};

    private Reading(DiskFile file, long end) {
      this.file = file;
      this.end = end;
    }

    @Override
    public boolean next() throws IOException {
      while (!block.next()) {
        if (position == end) {
          return false;
        }
        ByteBuffer head = ByteBuffer.allocate(4);
        file.read(position, head);
        int length = head.getInt(0);
        if (bytes.length < length) {
          bytes = new byte[length];
        }
        file.read(position + 4, ByteBuffer.wrap(bytes, 0, length));
        block.read(bytes, length, file.location(), position);
        position += 4L + length;
      }
      return true;
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
      file.delete();
    }
  }
}
