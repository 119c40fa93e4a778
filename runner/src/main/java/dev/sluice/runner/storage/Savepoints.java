package dev.sluice.runner.storage;

import dev.sluice.coordinator.StoredLedger;
import dev.sluice.state.checkpoint.Manifest;
import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.state.checkpoint.ManifestJson;
import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.LocalDisk;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.SegmentMerge;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.storage.Storages;
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
public final class Savepoints implements StoredLedger.Savepoints {
  /** The name of the file that makes a folder a savepoint. */
  static final String MANIFEST = "savepoint.json";

  private static final Logger LOG = LoggerFactory.getLogger(Savepoints.class);

  private final Storages storages;

  /**
   * Savepoints in places of the user's.
   *
   * @param storages opens them
   */
  public Savepoints(Storages storages) {
    this.storages = storages;
  }

  @Override
  public void write(Manifest manifest, CheckpointFiles files, String location) throws IOException {
    try (CheckpointFiles into = storages.open(location, "savepoint")) {
      if (into.read(MANIFEST).isPresent()) {
        throw new CheckpointException(
            "there is a savepoint in %s already: choose another place".formatted(location));
      }
      Disk scratch = new LocalDisk(ScratchFolders.newFolder("merge"));
      try {
        List<Manifest.Task> tasks = new ArrayList<>();
        for (Manifest.Task task : manifest.tasks()) {
          tasks.add(merged(task, tasks.size(), files, scratch, into));
        }
        warnOfNumberedNames(manifest, location);
        byte[] json = new ManifestJson().write(manifest.withTasks(tasks));
        try (OutputStream out = into.create(MANIFEST)) {
          out.write(json);
        }
      } finally {
        scratch.deleteAll();
      }
    }
  }

  private static void warnOfNumberedNames(Manifest manifest, String location) {
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
      Manifest.Task task, int number, CheckpointFiles files, Disk scratch, CheckpointFiles into)
      throws IOException {
    if (task.segments().isEmpty()) {
      return task;
    }
    SegmentRef segment =
        SegmentMerge.write(
            files,
            task.segments(),
            SegmentFilter.ALL,
            scratch,
            into,
            "task-%04d.seg".formatted(number));
    return new Manifest.Task(task.transforms(), task.index(), task.tasks(), List.of(segment));
  }

  /**
   * A savepoint that was opened.
   *
   * @param files where its segments are
   * @param manifest what it holds
   */
  public record Opened(CheckpointFiles files, Manifest manifest) {}

  /**
   * Opens a savepoint.
   *
   * @param namedBy what names it, for messages: an option, a method, an argument
   * @throws CheckpointException if there is none, or it was written by a newer version
   */
  public Opened open(String location, String namedBy) {
    CheckpointFiles files = storages.open(location, namedBy);
    try {
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
      return new Opened(files, manifest);
    } catch (IOException e) {
      throw new CheckpointException(
          "%s: the savepoint in %s cannot be read: %s".formatted(namedBy, location, e.getMessage()),
          e);
    }
  }
}
