package dev.sluice.runner.storage;

import dev.sluice.coordinator.Savepoints;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.state.checkpoint.Manifest;
import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.log.SegmentSummary;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.worker.stage.WatermarkFloor;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * What a savepoint holds, for people. Immutable.
 *
 * @param location where it is
 * @param manifest what it says of itself
 * @param rows how much there is of each state
 * @param watermarks the least input watermark of each transform that keeps state, in milliseconds
 */
public record SavepointSummary(
    String location,
    Manifest manifest,
    List<SegmentSummary.Row> rows,
    SortedMap<String, Long> watermarks) {

  /** Called before each file is read. */
  @FunctionalInterface
  public interface Progress {
    /** So many of all files are read. */
    void reading(int read, int all);
  }

  /**
   * Reads all of a savepoint.
   *
   * @throws CheckpointException if there is none, or it was written by a newer version
   * @throws IOException if a file of it is damaged, or cannot be read
   */
  public static SavepointSummary of(
      StorageOpener storages, StorageLocation location, Progress progress) throws IOException {
    Savepoints.Opened opened = Savepoints.open(storages, location, "PATH");
    SegmentSummary summary = new SegmentSummary(WatermarkFloor.STATE_ID);
    try (CheckpointFiles files = opened.files()) {
      List<SegmentRef> segments = opened.manifest().segments();
      for (int i = 0; i < segments.size(); i++) {
        progress.reading(i, segments.size());
        summary.add(files, List.of(segments.get(i)));
      }
    }
    return new SavepointSummary(location.url(), opened.manifest(), summary.rows(), summary.least());
  }

  /** Returns it as a person reads it. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("savepoint    " + location);
    lines.add("job          " + manifest.jobName());
    lines.add(
        "taken        %s, checkpoint %d%s"
            .formatted(
                Instant.ofEpochMilli(manifest.timeMs()),
                manifest.checkpoint(),
                manifest.draining() ? ", while the job was drained" : ""));
    lines.add(
        "written      format %d, %,d bytes in %d files"
            .formatted(manifest.format(), manifest.bytes(), manifest.segments().size()));
    lines.add(
        "parallelism  %d, %d key groups".formatted(manifest.parallelism(), manifest.keyGroups()));
    manifest
        .splits()
        .forEach(
            (source, splits) ->
                lines.add("source       %s, splits: %d".formatted(source, splits.size())));
    Map<String, TransformSignature> signatures = new LinkedHashMap<>();
    manifest.signature().forEach(signature -> signatures.put(signature.name(), signature));
    TreeSet<String> transforms = new TreeSet<>(signatures.keySet());
    rows.forEach(row -> transforms.add(row.transform()));
    for (String transform : transforms) {
      addTransform(transform, signatures.get(transform), lines);
    }
    return lines;
  }

  private void addTransform(String transform, TransformSignature signature, List<String> lines) {
    lines.add("");
    lines.add(transform);
    if (signature != null) {
      addUnlessEmpty("keys", signature.keyCoder(), lines);
      addUnlessEmpty("windows", signature.windowing(), lines);
    }
    Long watermark = watermarks.get(transform);
    if (watermark != null) {
      lines.add("  watermark  " + time(watermark));
    }
    List<SegmentSummary.Row> own =
        rows.stream()
            .filter(row -> row.transform().equals(transform))
            .filter(row -> !row.state().startsWith(WatermarkFloor.STATE_ID))
            .toList();
    if (own.isEmpty()) {
      lines.add("  no state");
      return;
    }
    lines.add("  %-24s %14s %16s  %s".formatted("STATE", "ENTRIES", "BYTES", "CODER"));
    for (SegmentSummary.Row row : own) {
      String id = row.state().replaceFirst("^user/", "");
      String coder = signature == null ? "" : signature.states().getOrDefault(id, "");
      lines.add(
          "  %-24s %,14d %,16d  %s"
              .formatted(id, row.entries(), row.bytes(), coder)
              .stripTrailing());
    }
  }

  private static void addUnlessEmpty(String what, String text, List<String> lines) {
    if (!text.isEmpty()) {
      lines.add("  %-10s %s".formatted(what, text));
    }
  }

  private static String time(long ms) {
    if (ms <= BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis()) {
      return "at the beginning";
    }
    return ms >= BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()
        ? "at the end"
        : Instant.ofEpochMilli(ms).toString();
  }
}
