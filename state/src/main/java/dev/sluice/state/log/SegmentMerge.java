package dev.sluice.state.log;

import dev.sluice.state.Disk;
import dev.sluice.state.checkpoint.CheckpointFiles;
import dev.sluice.state.checkpoint.SegmentRef;
import java.io.IOException;
import java.util.List;

/**
 * Brings a base and the segments since together: to entries, or to one sorted segment without
 * deletes.
 *
 * <p>Any thread may use one; blocks on the storage. Takes a bounded amount of heap.
 */
public final class SegmentMerge {
  private SegmentMerge() {}

  /**
   * Returns the entries that the segments come to, applied one after the other.
   *
   * @param scratch takes runs that do not fit on the heap
   */
  public static EntryCursor entries(
      CheckpointFiles files, List<SegmentRef> segments, SegmentFilter filter, Disk scratch)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes one sorted segment of the entries that the segments come to.
   *
   * @param into the storage and the name of the new file
   */
  public static SegmentRef write(
      CheckpointFiles files,
      List<SegmentRef> segments,
      SegmentFilter filter,
      Disk scratch,
      CheckpointFiles into,
      String name)
      throws IOException {
    throw new UnsupportedOperationException();
  }
}
