package dev.sluice.state.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Scratch files in a folder of this machine, which comes with the first file and goes with {@link
 * #deleteAll}.
 *
 * <p>Any thread may call it. What is always true: the folder holds the files in {@link #files} and
 * nothing else of ours. A thread that is interrupted while it reads closes the channel for all of
 * them (the JDK does so); the others open it again and continue.
 */
public final class LocalDisk implements Disk {
  private final Path folder;
  private final Set<LocalFile> files = new LinkedHashSet<>();

  /** Keeps files in the folder, which need not exist yet and is deleted in the end. */
  public LocalDisk(Path folder) {
    this.folder = folder;
  }

  @Override
  public synchronized DiskFile create(String name) throws IOException {
    Files.createDirectories(folder);
    LocalFile file = new LocalFile(folder.resolve(name));
    files.add(file);
    return file;
  }

  @Override
  public synchronized void deleteAll() throws IOException {
    IOException failure = null;
    for (LocalFile file : files.toArray(new LocalFile[0])) {
      try {
        file.delete();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    Files.deleteIfExists(folder);
  }

  @Override
  public String location() {
    return folder.toString();
  }

  private synchronized void forget(LocalFile file) {
    files.remove(file);
  }

  /** One file and its channel; appended to by one thread, read by many. */
  private final class LocalFile implements DiskFile {
    private final Path path;
    private volatile FileChannel channel;
    private volatile boolean deleted;
    private long end;

    private LocalFile(Path path) throws IOException {
      this.path = path;
      this.channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        FileChannel used = channel;
        try {
          end += used.write(bytes, end);
        } catch (ClosedByInterruptException e) {
          throw e;
        } catch (ClosedChannelException e) {
          reopen(used, e);
        }
      }
    }

    @Override
    public void read(long position, ByteBuffer into) throws IOException {
      int start = into.position();
      while (into.hasRemaining()) {
        FileChannel used = channel;
        try {
          int count = used.read(into, position + into.position() - start);
          if (count < 0) {
            throw new EOFException(path + " ends before byte " + (position + into.limit() - start));
          }
        } catch (ClosedByInterruptException e) {
          throw e;
        } catch (ClosedChannelException e) {
          reopen(used, e);
        }
      }
    }

    private synchronized void reopen(@Nullable FileChannel closed, ClosedChannelException why)
        throws IOException {
      if (deleted) {
        throw why;
      }
      if (channel == closed) {
        channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      }
    }

    @Override
    public void delete() throws IOException {
      synchronized (this) {
        deleted = true;
        channel.close();
        Files.deleteIfExists(path);
      }
      forget(this);
    }

    @Override
    public String location() {
      return path.toString();
    }
  }
}
