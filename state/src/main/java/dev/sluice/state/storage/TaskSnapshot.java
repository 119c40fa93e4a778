package dev.sluice.state.storage;

import java.io.Serializable;
import java.util.List;

/**
 * The state of one task in one checkpoint: a base, if there is one, and the segments since, in the
 * order in which they are to be applied.
 *
 * @param segments none if the task has no state
 * @param newBytes how many bytes of them were written for this checkpoint
 */
public record TaskSnapshot(List<SegmentRef> segments, long newBytes) implements Serializable {
  public TaskSnapshot {
    segments = List.copyOf(segments);
  }

  /** The state of a task that has none. */
  public static TaskSnapshot empty() {
    return new TaskSnapshot(List.of(), 0);
  }
}
