package dev.sluice.state.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native library: 15 MB that are unpacked into a file, loaded, and deleted again
 * where the system lets that be done to a file in use.
 *
 * <p>RocksDB would unpack it into the system's folder for temporary files, to be deleted when the
 * JVM ends; a process that is killed leaves it there for ever, another one at each start.
 */
final class NativeCode {
  private NativeCode() {}

  static synchronized void load(Path folder) throws IOException {
    Path unpacked = Files.createDirectories(folder.resolve("native"));
    NativeLibraryLoader.getInstance().loadLibrary(unpacked.toString());
    RocksDB.loadLibrary();
    List<Path> files;
    try (Stream<Path> found = Files.list(unpacked)) {
      files = found.toList();
    }
    for (Path file : files) {
      if (!file.toFile().delete()) {
        return;
      }
    }
    Files.deleteIfExists(unpacked);
  }
}
