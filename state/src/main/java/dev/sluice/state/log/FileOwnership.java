package dev.sluice.state.log;

import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is to delete a task's files: the log, as long as no complete checkpoint has named them; after
 * that whoever keeps the checkpoints.
 *
 * <p>Owned by the lane of uploads.
 */
final class FileOwnership {
  private static final Logger LOG = LoggerFactory.getLogger(FileOwnership.class);

  private final CheckpointFiles storage;
  private final Set<String> own = new LinkedHashSet<>();
  private final SortedMap<Long, List<SegmentRef>> handedOver = new TreeMap<>();

  FileOwnership(CheckpointFiles storage) {
    this.storage = storage;
  }

  void written(SegmentRef segment) {
    own.add(segment.file());
  }

  /** A checkpoint that is to have these segments may be completed, or not. */
  void handedOver(long checkpoint, List<SegmentRef> segments) {
    handedOver.put(checkpoint, List.copyOf(segments));
  }

  /**
   * A checkpoint is complete, so an earlier one that is not will not be: deletes what only such
   * had.
   *
   * @param segments those that the next checkpoint will have
   */
  void completed(long checkpoint, List<SegmentRef> segments) {
    remove(own, handedOver.getOrDefault(checkpoint, List.of()));
    handedOver.headMap(checkpoint + 1).clear();
    Set<String> useless = new LinkedHashSet<>(own);
    remove(useless, segments);
    handedOver.values().forEach(pending -> remove(useless, pending));
    for (String file : useless) {
      own.remove(file);
      try {
        storage.delete(file);
      } catch (IOException e) {
        LOG.warn("{} in {} is not needed and could not be deleted", file, storage.location(), e);
      }
    }
  }

  private static void remove(Set<String> files, List<SegmentRef> segments) {
    segments.forEach(segment -> files.remove(segment.file()));
  }
}
