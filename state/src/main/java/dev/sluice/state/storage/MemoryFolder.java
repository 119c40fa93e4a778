package dev.sluice.state.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A folder in memory, for tests and simulations, which forgets at a {@link #crash} what a file
 * system may: content that was not forced, up to any byte of it, and names that were not.
 *
 * <p>Any thread. It has room for a fixed number of bytes; what else is to fail is decided by {@link
 * Faults}.
 */
public final class MemoryFolder implements Folder {
  /** Decides what fails. */
  @FunctionalInterface
  public interface Faults {
    /** Nothing fails. */
    Faults NONE = operation -> {};

    /**
     * Throws if an operation is to fail.
     *
     * @param operation what is about to be done, such as {@code write a/b}
     */
    void before(String operation) throws IOException;
  }

  private final long capacity;
  private final Faults faults;
  private final Map<String, AutoCloseable> held = new LinkedHashMap<>();
  private TreeMap<String, Content> names = new TreeMap<>();
  private TreeMap<String, Content> forcedNames = new TreeMap<>();

  /** The bytes of a file, and how many of them are safe. */
  private static final class Content {
    byte[] bytes = {};
    int size;
    int forced;
  }

  /** A folder with room for this number of bytes. */
  public MemoryFolder(long capacity, Faults faults) {
    this.capacity = capacity;
    this.faults = faults;
  }

  /**
   * Forgets, by the choices of {@code random}, what is not safe, and lets go of everything that was
   * held: all processes that used the folder have ended.
   */
  public synchronized void crash(Random random) {
    TreeMap<String, Content> after = new TreeMap<>(forcedNames);
    for (Map.Entry<String, Content> entry : names.entrySet()) {
      if (random.nextBoolean()) {
        after.put(entry.getKey(), entry.getValue());
      }
    }
    for (String name : forcedNames.keySet()) {
      if (!names.containsKey(name) && random.nextBoolean()) {
        after.remove(name);
      }
    }
    for (Content content : after.values()) {
      if (content.size > content.forced) {
        content.size = content.forced + random.nextInt(content.size - content.forced + 1);
      }
      content.forced = content.size;
    }
    names = after;
    forcedNames = new TreeMap<>(after);
    held.clear();
  }

  /** Lets go of everything that is held, as if this were a bucket, in which nothing can be held. */
  public synchronized void letGo() {
    held.clear();
  }

  /** Cuts a file off. */
  public synchronized void truncate(String name, int size) {
    Content content = names.get(name);
    content.size = size;
    content.forced = Math.min(content.forced, size);
  }

  @Override
  public OutputStream create(String name) throws IOException {
    faults.before("create " + name);
    Content content = new Content();
    synchronized (this) {
      names.put(name, content);
    }
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        faults.before("write " + name);
        append(content, bytes, offset, length);
      }
    };
  }

  private synchronized void append(Content content, byte[] bytes, int offset, int length)
      throws IOException {
    long used = 0;
    for (Content other : names.values()) {
      used += other.size;
    }
    if (used + length > capacity) {
      throw new IOException("No space left on device");
    }
    if (content.size + length > content.bytes.length) {
      content.bytes =
          Arrays.copyOf(content.bytes, Math.max(content.size + length, 2 * content.bytes.length));
    }
    System.arraycopy(bytes, offset, content.bytes, content.size, length);
    content.size += length;
  }

  @Override
  public void force(String name) throws IOException {
    faults.before("force " + name);
    synchronized (this) {
      Content content = found(name);
      content.forced = content.size;
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    faults.before("rename " + from + " " + to);
    synchronized (this) {
      names.put(to, found(from));
      names.remove(from);
    }
  }

  @Override
  public void forceNames(String name) throws IOException {
    faults.before("forceNames " + name);
    synchronized (this) {
      forcedNames = new TreeMap<>(names);
    }
  }

  @Override
  public InputStream open(String name, long position) throws IOException {
    faults.before("open " + name);
    synchronized (this) {
      Content content = found(name);
      int from = (int) Math.min(position, content.size);
      return new ByteArrayInputStream(Arrays.copyOfRange(content.bytes, from, content.size));
    }
  }

  @Override
  public synchronized long size(String name) throws IOException {
    return found(name).size;
  }

  @Override
  public synchronized List<String> list(String prefix) {
    return names.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  @Override
  public void delete(String name) throws IOException {
    faults.before("delete " + name);
    synchronized (this) {
      names.remove(name);
    }
  }

  @Override
  public <T> T exclusively(String name, Action<T> action) throws IOException {
    synchronized (held) {
      return action.run();
    }
  }

  @Override
  public synchronized Optional<AutoCloseable> hold(String name) {
    if (held.containsKey(name)) {
      return Optional.empty();
    }
    AutoCloseable hold = () -> release(name);
    held.put(name, hold);
    return Optional.of(hold);
  }

  private synchronized void release(String name) {
    held.remove(name);
  }

  /** Returns how many bytes all files have. */
  public synchronized long usedBytes() {
    return names.values().stream().mapToLong(content -> content.size).sum();
  }

  @Override
  public String location() {
    return "memory:";
  }

  private Content found(String name) throws NoSuchFileException {
    Content content = names.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return content;
  }
}
