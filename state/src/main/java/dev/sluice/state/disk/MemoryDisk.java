package dev.sluice.state.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Scratch files in memory, for tests and simulations: with a size after which the disk is full.
 *
 * <p>Any thread may call it.
 */
public final class MemoryDisk implements Disk {
  private final long capacity;
  private final Map<String, MemoryFile> files = new LinkedHashMap<>();
  private long used;

  /** A disk that is full when its files have this number of bytes in all. */
  public MemoryDisk(long capacity) {
    this.capacity = capacity;
  }

  @Override
  public synchronized DiskFile create(String name) throws IOException {
    if (files.containsKey(name)) {
      throw new IOException("memory:" + name + " exists");
    }
    MemoryFile file = new MemoryFile(name);
    files.put(name, file);
    return file;
  }

  @Override
  public synchronized void deleteAll() throws IOException {
    for (MemoryFile file : files.values().toArray(new MemoryFile[0])) {
      file.delete();
    }
  }

  @Override
  public String location() {
    return "memory:";
  }

  /** Returns how many files there are. */
  public synchronized int fileCount() {
    return files.size();
  }

  /** Returns how many bytes the files have in all. */
  public synchronized long usedBytes() {
    return used;
  }

  /** One file; guarded by the disk. */
  private final class MemoryFile implements DiskFile {
    private final String name;
    private byte[] content = {};
    private int size;
    private boolean deleted;

    private MemoryFile(String name) {
      this.name = name;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      synchronized (MemoryDisk.this) {
        checkThere();
        int count = bytes.remaining();
        if (used + count > capacity) {
          throw new IOException("No space left on device");
        }
        if (size + count > content.length) {
          content = Arrays.copyOf(content, Math.max(size + count, content.length * 2));
        }
        bytes.get(content, size, count);
        size += count;
        used += count;
      }
    }

    @Override
    public void read(long position, ByteBuffer into) throws IOException {
      synchronized (MemoryDisk.this) {
        checkThere();
        if (position + into.remaining() > size) {
          throw new EOFException(location() + " has " + size + " bytes only");
        }
        into.put(content, (int) position, into.remaining());
      }
    }

    @Override
    public void delete() {
      synchronized (MemoryDisk.this) {
        if (!deleted) {
          deleted = true;
          used -= size;
          content = new byte[0];
          files.remove(name);
        }
      }
    }

    @Override
    public String location() {
      return "memory:" + name;
    }

    private void checkThere() throws IOException {
      if (deleted) {
        throw new IOException(location() + " was deleted");
      }
    }
  }
}
