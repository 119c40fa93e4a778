package dev.sluice.state.log;

import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import java.util.List;

/** What a task's state was when its log begins. */
public sealed interface LogOrigin {
  /** Nothing. */
  record Nothing() implements LogOrigin {}

  /**
   * What the same task of the same stage had, with the same key groups: its segments, in the same
   * storage, are the beginning of the new task's.
   */
  record Continued(List<SegmentRef> segments) implements LogOrigin {
    public Continued {
      segments = List.copyOf(segments);
    }
  }

  /**
   * Parts of what other tasks had: after a change of parallelism or of the pipeline, and after a
   * restore from a savepoint. The first seal writes a base of its own from them, so that a task's
   * segments never hold what is not its own.
   *
   * @param files the storage of the segments, which need not be that of the log
   * @param segments in order, for each of those tasks
   */
  record Adopted(CheckpointFiles files, List<SegmentRef> segments) implements LogOrigin {
    public Adopted {
      segments = List.copyOf(segments);
    }
  }
}
