package dev.sluice.state.log;

import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the packed blocks of a task's log until they are safe in the storage: on the heap up to a
 * limit, and in scratch files beyond it.
 *
 * <p>Shared by the lanes of a log, which come once per block: it locks. What is always true: a
 * block is never lost (if the scratch disk is full too, it stays on the heap), and a file is
 * deleted when nothing in it is needed any more.
 */
final class KeptBlocks {
  private static final Logger LOG = LoggerFactory.getLogger(KeptBlocks.class);
  private static final long FILE_BYTES = 64L << 20;

  private final Disk disk;
  private final long heapLimit;
  private final List<File> files = new ArrayList<>();
  private long heapBytes;
  private @Nullable File written;
  private int fileCount;
  private boolean closed;

  KeptBlocks(Disk disk, long heapLimit) {
    this.disk = disk;
    this.heapLimit = heapLimit;
  }

  /** A scratch file and how much of it is needed; guarded by the lock of its owner. */
  static final class File {
    private final DiskFile file;
    private long end;
    private int needed;

    private File(DiskFile file) {
      this.file = file;
    }
  }

  synchronized KeptBlock keep(StoredBlock block) {
    int length = block.bytes().length;
    if (heapBytes + length > heapLimit && !closed) {
      try {
        return onDisk(block);
      } catch (IOException e) {
        LOG.warn(
            "The scratch disk {} takes no more of what is not yet in the checkpoint storage, so it"
                + " stays on the heap, {} bytes now: make room on the disk",
            disk.location(),
            heapBytes,
            e);
      }
    }
    heapBytes += length;
    return new KeptBlock(block);
  }

  private KeptBlock onDisk(StoredBlock block) throws IOException {
    File into = written;
    if (into == null || into.end >= FILE_BYTES) {
      into = new File(disk.create("log-" + fileCount++));
      files.add(into);
    }
    // Where a file ends after a write that failed is not known, so that was its last.
    written = null;
    long position = into.end;
    into.file.append(ByteBuffer.wrap(block.bytes()));
    into.end += block.bytes().length;
    into.needed++;
    written = into;
    return new KeptBlock(block.info(), into, position);
  }

  /** Returns the bytes of a block. */
  byte[] read(KeptBlock block) throws IOException {
    byte[] bytes = block.bytes();
    if (bytes == null) {
      bytes = new byte[block.info().storedBytes()];
      block.file().file.read(block.position(), ByteBuffer.wrap(bytes));
    }
    return bytes;
  }

  /** A block is no longer needed. */
  synchronized void release(KeptBlock block) {
    File file = block.file();
    if (file == null) {
      heapBytes -= block.info().storedBytes();
      return;
    }
    file.needed--;
    if (file.needed == 0) {
      if (file == written) {
        written = null;
      }
      delete(file);
      files.remove(file);
    }
  }

  /** Nothing is needed any more. */
  synchronized void close() {
    closed = true;
    written = null;
    files.forEach(this::delete);
    files.clear();
  }

  private void delete(File file) {
    try {
      file.file.delete();
    } catch (IOException e) {
      LOG.warn("The scratch file {} could not be deleted", file.file.location(), e);
    }
  }
}
