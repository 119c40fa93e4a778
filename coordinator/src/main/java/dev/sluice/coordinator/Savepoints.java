package dev.sluice.coordinator;

import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.state.checkpoint.Manifest;
import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.state.checkpoint.ManifestJson;
import dev.sluice.state.disk.Disk;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.SegmentMerge;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Savepoints: checkpoints that a user keeps, each in a place of its own that needs nothing else.
 *
 * <p>Any thread; blocks. A savepoint is one sorted segment for each task and {@value #MANIFEST},
 * which is written last: what has none is no savepoint.
 */
public final class Savepoints implements StoredLedger.Places {
  /** The name of the file that makes a folder a savepoint. */
  static final String MANIFEST = "savepoint.json";

  private static final Logger LOG = LoggerFactory.getLogger(Savepoints.class);

  private final StorageOpener storages;
  private final Scratch scratch;

  /**
   * Savepoints in places of the user's.
   *
   * @param storages opens them
   * @param scratch where files are merged
   */
  Savepoints(StorageOpener storages, Scratch scratch) {
    this.storages = storages;
    this.scratch = scratch;
  }

  @Override
  public void write(Manifest manifest, CheckpointFiles files, StorageLocation location)
      throws IOException {
    try (CheckpointFiles into = storages.open(location, "savepoint")) {
      if (into.read(MANIFEST).isPresent()) {
        throw new CheckpointException(
            "there is a savepoint in %s already: choose another place".formatted(location));
      }
      Disk disk = scratch.newDisk();
      try {
        List<Manifest.Task> tasks = new ArrayList<>();
        for (Manifest.Task task : manifest.tasks()) {
          tasks.add(merged(task, tasks.size(), files, disk, into));
        }
        warnOfNumberedNames(manifest, location);
        byte[] json = new ManifestJson().write(manifest.withTasks(tasks));
        try (OutputStream out = into.create(MANIFEST)) {
          out.write(json);
        }
      } finally {
        disk.deleteAll();
      }
    }
  }

  private static void warnOfNumberedNames(Manifest manifest, StorageLocation location) {
    List<String> names =
        manifest.signature().stream()
            .filter(transform -> !transform.numbered().isEmpty())
            .map(TransformSignature::name)
            .toList();
    if (!names.isEmpty()) {
      LOG.warn(
          "savepoint {}: Beam has made the names of these transforms with state by adding a number:"
              + " {}. A pipeline in which they are others will not start from it without"
              + " --transformNameMapping; give each a name of its own: apply(\"NAME\", ...)",
          location,
          names);
    }
  }

  private static Manifest.Task merged(
      Manifest.Task task, int number, CheckpointFiles files, Disk disk, CheckpointFiles into)
      throws IOException {
    if (task.segments().isEmpty()) {
      return task;
    }
    SegmentRef segment =
        SegmentMerge.write(
            files,
            task.segments(),
            SegmentFilter.ALL,
            disk,
            into,
            "task-%04d.seg".formatted(number));
    return new Manifest.Task(task.transforms(), task.index(), task.tasks(), List.of(segment));
  }

  /** What a savepoint holds; see {@link #open}. */
  Manifest manifest(StorageLocation location, String namedBy) {
    try (CheckpointFiles files = storages.open(location, namedBy)) {
      return manifest(files, location, namedBy);
    } catch (IOException e) {
      throw unreadable(location, namedBy, e);
    }
  }

  /**
   * A savepoint that was opened.
   *
   * @param files where its segments are; closed by who has opened it
   * @param manifest what it holds
   */
  public record Opened(CheckpointFiles files, Manifest manifest) {}

  /**
   * Opens a savepoint.
   *
   * @param namedBy what names it, for messages: an option, a method, an argument
   * @throws CheckpointException if there is none, or it was written by a newer version
   */
  public static Opened open(StorageOpener storages, StorageLocation location, String namedBy) {
    CheckpointFiles files = storages.open(location, namedBy);
    try {
      return new Opened(files, manifest(files, location, namedBy));
    } catch (IOException e) {
      throw unreadable(location, namedBy, e);
    }
  }

  private static Manifest manifest(CheckpointFiles files, StorageLocation location, String namedBy)
      throws IOException {
    Optional<byte[]> json = files.read(MANIFEST);
    if (json.isEmpty()) {
      throw new CheckpointException(
          "%s: there is no savepoint in %s: it has no %s".formatted(namedBy, location, MANIFEST));
    }
    Manifest manifest = new ManifestJson().manifest(json.get(), location + "/" + MANIFEST);
    for (SegmentRef segment : manifest.segments()) {
      if (files.size(segment.file()) != segment.bytes()) {
        throw new CheckpointException(
            "%s: the savepoint in %s is damaged: %s has %d of %d bytes. Put the file back, or use another savepoint"
                .formatted(
                    namedBy,
                    location,
                    segment.file(),
                    files.size(segment.file()),
                    segment.bytes()));
      }
    }
    return manifest;
  }

  private static CheckpointException unreadable(
      StorageLocation location, String namedBy, IOException e) {
    return new CheckpointException(
        "%s: the savepoint in %s cannot be read: %s".formatted(namedBy, location, e.getMessage()),
        e);
  }
}
