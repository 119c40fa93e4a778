package dev.sluice.runner;

import dev.sluice.state.Disk;
import dev.sluice.state.LocalDisk;
import dev.sluice.worker.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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

  private final String prefix = "sluice-" + UUID.randomUUID() + "-";
  private final Map<String, Disk> disks = new ConcurrentHashMap<>();
  private final Thread atExit = new Thread(this::deleteAll, "delete-scratch");

  LocalScratch() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  @Override
  public Disk ofJob(String job) {
    return disks.computeIfAbsent(job, this::disk);
  }

  private Disk disk(String job) {
    return new LocalDisk(folder(job));
  }

  /** A folder for scratch files that somebody else makes and deletes. */
  Path folder(String name) {
    return Path.of(
        System.getProperty("java.io.tmpdir"), prefix + name.replaceAll("[^A-Za-z0-9_.-]", "_"));
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
  }
}
