package dev.sluice.state.log;

import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.NewFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** A storage in memory that fails when it is told to, and whose bytes a test can change. */
final class TestFiles implements CheckpointFiles {
  private final TreeMap<String, byte[]> files = new TreeMap<>();
  private BooleanSupplier failing = () -> false;
  private long bytesRead;

  /** From now on each write asks whether it is to fail. */
  void failWrites(BooleanSupplier when) {
    failing = when;
  }

  Map<String, byte[]> files() {
    return files;
  }

  /** Returns how many bytes were read, all in all. */
  long bytesRead() {
    return bytesRead;
  }

  @Override
  public NewFile create(String name) throws IOException {
    if (files.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    return new Written(name);
  }

  /** A file that is not there before it is closed. */
  private final class Written extends NewFile {
    private final String name;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    private Written(String name) {
      this.name = name;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (failing.getAsBoolean()) {
        throw new IOException("No space left on device");
      }
      content.write(bytes, offset, length);
    }

    @Override
    public void close() {
      files.put(name, content.toByteArray());
    }

    @Override
    public void discard() {
      content.reset();
    }
  }

  @Override
  public InputStream open(String name, long position) throws IOException {
    byte[] bytes = bytes(name);
    return new ByteArrayInputStream(bytes, (int) position, bytes.length) {
      @Override
      public synchronized int read(byte[] into, int offset, int length) {
        int n = super.read(into, offset, length);
        bytesRead += Math.max(n, 0);
        return n;
      }
    };
  }

  private byte[] bytes(String name) throws NoSuchFileException {
    if (!files.containsKey(name)) {
      throw new NoSuchFileException(name);
    }
    return files.get(name);
  }

  @Override
  public long size(String name) throws IOException {
    return bytes(name).length;
  }

  @Override
  public List<String> list(String prefix) {
    return files.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  @Override
  public void delete(String name) {
    files.remove(name);
  }

  @Override
  public Optional<byte[]> read(String name) {
    return Optional.ofNullable(files.get(name));
  }

  @Override
  public boolean compareAndSet(String name, Optional<byte[]> expected, byte[] content) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<AutoCloseable> hold(String name) {
    return Optional.of(() -> {});
  }

  @Override
  public String location() {
    return "test:";
  }

  @Override
  public void close() {}
}
