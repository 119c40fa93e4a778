package dev.sluice.state.store;

import dev.sluice.state.error.StateStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * The RocksDB stores of one worker's tasks: a folder, and native memory and threads that they
 * share.
 *
 * <p>Any thread may call it; it locks when a store is opened or closed, never when one is read or
 * written. What is always true: until a task's first batch of writes there is no folder, no file,
 * and native code is not even loaded; after {@link #close} there is none of them but the code. What
 * an earlier process left in the folder is deleted, not read.
 */
public final class RocksDbStores implements StateStore.Factory {
  private final Path folder;
  private final long nativeBytes;
  private final Set<RocksDbStore> open = new LinkedHashSet<>();
  private @Nullable RocksDbSettings settings;
  private int names;
  private boolean closed;

  /**
   * Stores in a folder, which need not exist and is deleted in the end.
   *
   * @param nativeBytes what all of them may take in native memory: cached blocks, indexes, filters
   *     and what is not yet in a file
   */
  public RocksDbStores(Path folder, long nativeBytes) {
    this.folder = folder;
    this.nativeBytes = nativeBytes;
  }

  @Override
  public synchronized StateStore open(String name) {
    if (closed) {
      throw new IllegalStateException("the stores in " + folder + " are closed");
    }
    String readable = name.replaceAll("[^A-Za-z0-9._-]", "_");
    names++;
    RocksDbStore store =
        new RocksDbStore(
            this,
            folder.resolve(names + "-" + readable.substring(0, Math.min(readable.length(), 80))));
    open.add(store);
    return store;
  }

  /** Opens an empty database in a folder, whatever is there. */
  synchronized RocksDB openDatabase(Path place) {
    try {
      if (settings == null) {
        deleteAll(folder);
        Files.createDirectories(folder);
        NativeCode.load(folder);
        settings = new RocksDbSettings(nativeBytes);
      }
      return settings.open(place);
    } catch (RocksDBException | IOException | UnsatisfiedLinkError e) {
      throw failure("open", place, e);
    }
  }

  /** Closes a database and deletes its files. */
  void closeDatabase(RocksDB db, Path place) {
    db.close();
    try {
      deleteAll(place);
    } catch (IOException e) {
      throw failure("delete", place, e);
    }
  }

  synchronized void closed(RocksDbStore store) {
    open.remove(store);
  }

  long sizeBytes(RocksDB db, Path place) {
    try {
      return db.getLongProperty("rocksdb.total-sst-files-size")
          + db.getLongProperty("rocksdb.cur-size-all-mem-tables");
    } catch (RocksDBException e) {
      throw failure("measure", place, e);
    }
  }

  StateStoreException failure(String what, Path place, Throwable cause) {
    return new StateStoreException(
        String.format(
            "Could not %s the store of state in %s: %s. State that does not fit in memory is kept"
                + " there (%s). Free space on that disk, check the permissions, choose another one"
                + " for scratch files with -Djava.io.tmpdir, or give state more memory with"
                + " --stateMemoryMb.",
            what, place, cause.getMessage() == null ? cause : cause.getMessage(), room(folder)),
        cause);
  }

  private static String room(Path place) {
    Path existing = place.toAbsolutePath();
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      return (Files.getFileStore(existing).getUsableSpace() >> 20) + " MB are free";
    } catch (IOException e) {
      return "how much is free is not known";
    }
  }

  /** Closes every store that is still open; its task must have ended. */
  @Override
  public void close() {
    List<RocksDbStore> rest;
    synchronized (this) {
      closed = true;
      rest = List.copyOf(open);
    }
    rest.forEach(RocksDbStore::close);
    synchronized (this) {
      if (settings == null) {
        return;
      }
      settings.close();
      settings = null;
    }
    try {
      deleteAll(folder);
    } catch (IOException e) {
      throw failure("delete", folder, e);
    }
  }

  private static void deleteAll(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> found = Files.walk(root)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
