package dev.sluice.state.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A folder of this machine. Stateless; any thread. */
public final class LocalFolder implements Folder {
  private final Path root;
  private final boolean forces;

  private LocalFolder(Path root, boolean forces) {
    this.root = root.toAbsolutePath().normalize();
    this.forces = forces;
  }

  /** A folder, which need not be there yet. */
  public LocalFolder(Path root) {
    this(root, true);
  }

  /** A folder that need not survive a crash of the machine. */
  public static LocalFolder scratch(Path root) {
    return new LocalFolder(root, false);
  }

  @Override
  public OutputStream create(String name) throws IOException {
    Path path = path(name);
    Files.createDirectories(path.getParent());
    return Files.newOutputStream(path);
  }

  @Override
  public void force(String name) throws IOException {
    if (!forces) {
      return;
    }
    try (FileChannel channel = FileChannel.open(path(name), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.createDirectories(path(to).getParent());
    Files.move(
        path(from), path(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void forceNames(String name) throws IOException {
    if (!forces) {
      return;
    }
    for (Path folder = path(name).getParent();
        folder.startsWith(root);
        folder = folder.getParent()) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  @Override
  public InputStream open(String name, long position) throws IOException {
    FileChannel channel = FileChannel.open(path(name), StandardOpenOption.READ);
    channel.position(position);
    return Channels.newInputStream(channel);
  }

  @Override
  public long size(String name) throws IOException {
    return Files.size(path(name));
  }

  @Override
  public List<String> list(String prefix) throws IOException {
    int slash = prefix.lastIndexOf('/');
    Path from = slash < 0 ? root : path(prefix.substring(0, slash));
    if (!Files.isDirectory(from)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(from)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.startsWith(prefix))
          .sorted()
          .toList();
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(path(name));
    Path folder = path(name).getParent();
    while (!folder.equals(root) && isEmpty(folder)) {
      Files.deleteIfExists(folder);
      folder = folder.getParent();
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.findAny().isEmpty();
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  @Override
  public <T> T exclusively(String name, Action<T> action) throws IOException {
    // A lock of the operating system is the process's: threads of this one need another.
    synchronized (("dev.sluice:" + path(name)).intern()) {
      try (FileChannel channel = lockFile(name)) {
        FileLock lock = channel.lock();
        try {
          return action.run();
        } finally {
          lock.release();
        }
      }
    }
  }

  @Override
  public Optional<AutoCloseable> hold(String name) throws IOException {
    FileChannel channel = lockFile(name);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(channel);
      }
    } catch (OverlappingFileLockException e) {
      // Held within this process.
    }
    channel.close();
    return Optional.empty();
  }

  private FileChannel lockFile(String name) throws IOException {
    Path path = path(name);
    Files.createDirectories(path.getParent());
    return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  @Override
  public String location() {
    return root.toString();
  }

  private Path path(String name) {
    return root.resolve(name);
  }
}
