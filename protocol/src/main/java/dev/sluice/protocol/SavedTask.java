package dev.sluice.protocol;

import dev.sluice.state.storage.SegmentRef;
import java.io.Serializable;
import java.util.List;

/**
 * What one task had saved.
 *
 * @param transforms the full names of the transforms of its stage that keep state, in order
 * @param index which of the stage's tasks it was
 * @param tasks how many tasks the stage had
 * @param segments its state, in the order in which they are to be applied
 */
public record SavedTask(List<String> transforms, int index, int tasks, List<SegmentRef> segments)
    implements Serializable {
  public SavedTask {
    transforms = List.copyOf(transforms);
    segments = List.copyOf(segments);
  }
}
