package dev.sluice.worker.stage;

import dev.sluice.state.TaskState;
import dev.sluice.state.TaskValue;
import dev.sluice.state.key.KeyGroupRange;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * A watermark that a transform with state sees, of its input or of a side input, saved at each
 * barrier: after a restore the transform sees none below it, so that no window opens again that was
 * collected before, and a side input that was known to be empty still is.
 *
 * <p>Owned by the task's thread. Always true: each key group of the task has the watermark of the
 * task that owned it last, because after a change of parallelism a task has groups of several; the
 * least of them is the floor.
 */
public final class WatermarkFloor {
  /** The id of the watermark of the input; no user's state begins like it. */
  public static final String STATE_ID = "~watermark";

  private static final long START_OF_TIME = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private final List<TaskValue<Long>> byGroup = new ArrayList<>();
  private long floorMs = START_OF_TIME;
  private long savedMs = START_OF_TIME;
  private long currentMs = START_OF_TIME;

  /**
   * @param transform the full name of the transform
   * @param stateId the id under which it is kept among the transform's states
   */
  public WatermarkFloor(TaskState state, String transform, String stateId) {
    KeyGroupRange groups = state.range();
    for (int group = groups.first(); group <= groups.last(); group++) {
      byGroup.add(state.value(transform, stateId, group, VarLongCoder.of()));
    }
  }

  /** What was saved has been restored. */
  public void open() {
    long least = byGroup.isEmpty() ? START_OF_TIME : Long.MAX_VALUE;
    for (TaskValue<Long> value : byGroup) {
      Long saved = value.get();
      least = Math.min(least, saved == null ? START_OF_TIME : saved);
    }
    floorMs = least;
    currentMs = least;
  }

  /** The watermark that the transform is to see, if its inputs are at {@code inputMs}. */
  public long raise(long inputMs) {
    currentMs = Math.max(inputMs, floorMs);
    return currentMs;
  }

  /** Keeps what the transform has seen last. */
  public void save() {
    if (currentMs > savedMs) {
      savedMs = currentMs;
      byGroup.forEach(value -> value.set(savedMs));
    }
  }
}
