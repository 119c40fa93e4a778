package dev.sluice.state.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The files of checkpoints in a {@link Folder}.
 *
 * <p>Any thread. A file is written under a temporary name, forced, and renamed; so whoever finds a
 * name finds a whole file, after a crash too. What a crash leaves under temporary names is never
 * listed.
 */
public final class FolderFiles implements CheckpointFiles {
  private static final String TEMPORARY = ".part-";

  private final Folder folder;
  private final String owner;
  private final AtomicLong temporaries = new AtomicLong();

  /**
   * @param owner tells the temporary names of this process from those of others; no slash in it
   */
  public FolderFiles(Folder folder, String owner) {
    this.folder = folder;
    this.owner = owner;
  }

  @Override
  public NewFile create(String name) throws IOException {
    String temporary = temporary(name);
    return new RenamedWhenClosed(folder.create(temporary), temporary, name);
  }

  private String temporary(String name) {
    return name + TEMPORARY + owner + "-" + temporaries.getAndIncrement();
  }

  private void publish(String temporary, String name) throws IOException {
    folder.force(temporary);
    folder.rename(temporary, name);
    folder.forceNames(name);
  }

  @Override
  public InputStream open(String name, long position) throws IOException {
    return folder.open(name, position);
  }

  @Override
  public long size(String name) throws IOException {
    return folder.size(name);
  }

  @Override
  public List<String> list(String prefix) throws IOException {
    return folder.list(prefix).stream()
        .filter(name -> !name.contains(TEMPORARY) && !name.endsWith(".lock"))
        .toList();
  }

  @Override
  public void delete(String name) throws IOException {
    folder.delete(name);
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    try (InputStream in = folder.open(name, 0)) {
      return Optional.of(in.readAllBytes());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean compareAndSet(String name, Optional<byte[]> expected, byte[] content)
      throws IOException {
    return folder.exclusively(
        name + ".lock",
        () -> {
          Optional<byte[]> now = read(name);
          if (now.isPresent() != expected.isPresent()
              || (now.isPresent() && !Arrays.equals(now.get(), expected.get()))) {
            return false;
          }
          try (OutputStream out = create(name)) {
            out.write(content);
          }
          return true;
        });
  }

  @Override
  public Optional<AutoCloseable> hold(String name) throws IOException {
    return folder.hold(name + ".lock");
  }

  @Override
  public String location() {
    return folder.location();
  }

  @Override
  public void close() {}

  /** A stream to a temporary name; a failed write leaves no file of the right one. */
  private final class RenamedWhenClosed extends NewFile {
    private final OutputStream out;
    private final String temporary;
    private final String name;
    private boolean failed;
    private boolean closed;

    RenamedWhenClosed(OutputStream out, String temporary, String name) {
      this.out = out;
      this.temporary = temporary;
      this.name = name;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failed = true;
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try {
        out.close();
        if (!failed) {
          publish(temporary, name);
        }
      } finally {
        if (failed) {
          folder.delete(temporary);
        }
      }
    }

    @Override
    public void discard() throws IOException {
      failed = true;
      close();
    }
  }
}
