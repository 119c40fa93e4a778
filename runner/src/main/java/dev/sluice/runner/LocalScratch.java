package dev.sluice.runner;

import dev.sluice.runner.storage.ScratchFolders;
import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.LocalDisk;
import dev.sluice.worker.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scratch folders of jobs below the folder for temporary files.
 *
 * <p>Any thread. Always true: after {@link #close}, and after a JVM that was asked to end has
 * ended, no file made here is left.
 */
final class LocalScratch implements World.Scratch, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalScratch.class);

  private final String prefix = ScratchFolders.prefix();
  private final Map<String, Disk> disks = new ConcurrentHashMap<>();
  private final List<Path> folders = new CopyOnWriteArrayList<>();
  private final Thread atExit = new Thread(this::deleteAll, "delete-scratch");

  LocalScratch() {
    Runtime.getRuntime().addShutdownHook(atExit);
    ScratchFolders.deleteLeftBehind();
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
    folders.forEach(ScratchFolders::deleteTree);
  }
}
