package dev.sluice.runner;

import dev.sluice.state.Disk;
import dev.sluice.state.LocalDisk;
import dev.sluice.worker.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scratch folders of jobs below the folder for temporary files.
 *
 * <p>Any thread. Always true: after {@link #close}, and after a JVM that was told to end has ended,
 * no file made here is left.
 */
final class LocalScratch implements World.Scratch, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalScratch.class);

  // A container may share the folder for temporary files with others, whose processes it cannot
  // see.
  private static final String HOST =
      ManagementFactory.getRuntimeMXBean().getName().replaceAll(".*@|[^A-Za-z0-9_.-]", "");

  private static final Pattern PREFIX =
      Pattern.compile("sluice-" + Pattern.quote(HOST) + "-(\\d+)-.*");

  private final String prefix = prefix();
  private final Map<String, Disk> disks = new ConcurrentHashMap<>();
  private final List<Path> folders = new CopyOnWriteArrayList<>();
  private final Thread atExit = new Thread(this::deleteAll, "delete-scratch");

  LocalScratch() {
    Runtime.getRuntime().addShutdownHook(atExit);
    deleteLeftBehind();
  }

  /** What the names of this process's scratch folders begin with. */
  private static String prefix() {
    return "sluice-%s-%d-%s-".formatted(HOST, ProcessHandle.current().pid(), UUID.randomUUID());
  }

  /** Deletes what processes that were killed have left. */
  private static void deleteLeftBehind() {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      all.filter(LocalScratch::isOfADeadProcess).forEach(LocalScratch::deleteTree);
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("the folder for temporary files cannot be listed", e);
    }
  }

  private static boolean isOfADeadProcess(Path folder) {
    Matcher name = PREFIX.matcher(folder.getFileName().toString());
    return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
  }

  @Override
  public Disk ofJob(String job) {
    return disks.computeIfAbsent(job, this::disk);
  }

  private Disk disk(String job) {
    return new LocalDisk(folder(job));
  }

  private Path folder(String name) {
    return Path.of(
        System.getProperty("java.io.tmpdir"), prefix + name.replaceAll("[^A-Za-z0-9_.-]", "_"));
  }

  /** A folder for scratch files that somebody else makes; if it is there in the end, it goes. */
  Path newFolder(String name) {
    Path folder = folder(name);
    folders.add(folder);
    return folder;
  }

  @Override
  public void close() {
    deleteAll();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("the JVM is ending: its hook deletes once more");
    }
  }

  private void deleteAll() {
    for (Disk disk : disks.values()) {
      try {
        disk.deleteAll();
      } catch (IOException e) {
        LOG.warn("scratch files in {} could not be deleted", disk.location(), e);
      }
    }
    folders.forEach(LocalScratch::deleteTree);
  }

  private static void deleteTree(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("scratch files in {} could not be deleted", folder, e);
    }
  }
}
