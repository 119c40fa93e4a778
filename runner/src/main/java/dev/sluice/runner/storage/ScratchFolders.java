package dev.sluice.runner.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of scratch folders below the folder for temporary files, which tell whose they are, so
 * that what a killed process left is deleted by the next one. Stateless.
 */
public final class ScratchFolders {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchFolders.class);
  private static final int TRIES = 5;

  // A container may share the folder for temporary files with others, whose processes it cannot
  // see.
  private static final String HOST =
      ManagementFactory.getRuntimeMXBean().getName().replaceAll(".*@|[^A-Za-z0-9_.-]", "");

  private static final Pattern NAME =
      Pattern.compile("sluice-" + Pattern.quote(HOST) + "-(\\d+)-.*");

  private ScratchFolders() {}

  /** A new beginning for names of folders of this process. */
  public static String prefix() {
    return "sluice-%s-%d-%s-".formatted(HOST, ProcessHandle.current().pid(), UUID.randomUUID());
  }

  /** A new folder, which is not made. */
  static Path newFolder(String what) {
    return Path.of(System.getProperty("java.io.tmpdir"), prefix() + what);
  }

  /** Deletes what processes that were killed have left. */
  public static void deleteLeftBehind() {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      all.filter(ScratchFolders::isOfADeadProcess).forEach(ScratchFolders::deleteTree);
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("the folder for temporary files cannot be listed", e);
    }
  }

  private static boolean isOfADeadProcess(Path folder) {
    Matcher name = NAME.matcher(folder.getFileName().toString());
    return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
  }

  /** Deletes a folder with all that is in it, though somebody may still be writing into it. */
  public static void deleteTree(Path folder) {
    for (int left = TRIES; left > 0 && Files.exists(folder); left--) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException | UncheckedIOException e) {
        if (left == 1) {
          LOG.warn("scratch files in {} could not be deleted", folder, e);
        }
      }
    }
  }
}
