package dev.sluice.state.page;

import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.DiskFile;
import dev.sluice.state.error.SpillException;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the tasks of one job on one worker share so that state may be larger than memory: scratch
 * files, and the number of bytes that pages of elements may take on the heap before they go there.
 *
 * <p>Shared by the job's tasks; its methods are called rarely (for a file of {@value #FILE_BYTES}
 * bytes, for a lease of heap) and lock. What is always true: nothing is on the disk before the
 * first file is asked for, and nothing after {@link #close}. A snapshot of a bag may outlive the
 * state that wrote it, so a file is deleted early only when nothing can reach it any more: each
 * file is known to its pages through a {@link SpillFile} to which the area keeps a weak reference
 * only.
 */
public final class SpillArea implements AutoCloseable {
  /** A task continues in another file when its own has reached this number of bytes. */
  static final long FILE_BYTES = 64L << 20;

  private static final int HEAP_FRACTION = 4;

  private final Disk disk;
  private final long heapBytes;
  private final ReferenceQueue<SpillFile> unreachable = new ReferenceQueue<>();
  private final Map<Object, DiskFile> files = new LinkedHashMap<>();
  private long leasedBytes;
  private int fileCount;
  private boolean closed;

  /**
   * An area on the disk.
   *
   * @param heapBytes what all pages of the job may take on this worker's heap before they are
   *     written to files; a task may always have a small number of bytes beyond it
   */
  public SpillArea(Disk disk, long heapBytes) {
    this.disk = disk;
    this.heapBytes = heapBytes;
  }

  /** An area that lets pages have a quarter of this JVM's largest heap. */
  public static SpillArea onDisk(Disk disk) {
    return new SpillArea(disk, Runtime.getRuntime().maxMemory() / HEAP_FRACTION);
  }

  /** Says whether this number of further bytes may be used on the heap, and counts them if so. */
  synchronized boolean lease(long bytes) {
    if (leasedBytes + bytes > heapBytes) {
      return false;
    }
    leasedBytes += bytes;
    return true;
  }

  synchronized void giveBack(long bytes) {
    leasedBytes -= bytes;
  }

  /** Makes a new file, after deleting those that nothing reaches any more. */
  synchronized SpillFile newFile() {
    if (closed) {
      throw new IllegalStateException("The spill area at " + disk.location() + " is closed");
    }
    deleteUnreachable();
    String name = "spill-" + fileCount++;
    try {
      DiskFile file = disk.create(name);
      SpillFile handle = new SpillFile(file);
      files.put(new WeakReference<>(handle, unreachable), file);
      return handle;
    } catch (IOException e) {
      throw failure("create a scratch file in " + disk.location(), e);
    }
  }

  private void deleteUnreachable() {
    Object reference = unreachable.poll();
    while (reference != null) {
      DiskFile file = files.remove(reference);
      try {
        file.delete();
      } catch (IOException e) {
        throw failure("delete the scratch file " + file.location(), e);
      }
      reference = unreachable.poll();
    }
  }

  /** Deletes all files. Snapshots that are still read fail from here on. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean used = fileCount > 0;
    files.clear();
    if (used) {
      try {
        disk.deleteAll();
      } catch (IOException e) {
        throw failure("delete the scratch files in " + disk.location(), e);
      }
    }
  }

  static SpillException failure(String what, IOException cause) {
    return new SpillException(
        String.format(
            "Could not %s: %s. State that does not fit in memory is kept there: free space on that"
                + " disk or choose another one for scratch files, check the permissions, or give"
                + " the JVM a larger heap (-Xmx).",
            what, cause.getMessage() == null ? cause : cause.getMessage()),
        cause);
  }

  /** One file as its pages know it; while one of them is reachable, the file stays. */
  static final class SpillFile {
    private final DiskFile file;

    private SpillFile(DiskFile file) {
      this.file = file;
    }

    void append(ByteBuffer bytes) {
      int count = bytes.remaining();
      try {
        file.append(bytes);
      } catch (IOException e) {
        throw failure("write " + count + " bytes to the scratch file " + file.location(), e);
      }
    }

    byte[] read(long position, int count) {
      byte[] bytes = new byte[count];
      try {
        file.read(position, ByteBuffer.wrap(bytes));
      } catch (IOException e) {
        throw failure("read " + count + " bytes of the scratch file " + file.location(), e);
      }
      return bytes;
    }
  }
}
