package dev.sluice.state.keyed;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Clears the states of a transform that were not written within their time to live.
 *
 * <p>Owned by a {@link KeyedState}, therefore by the task's thread. Each live cell of such a state
 * has a timer of the engine's own in processing time, in a domain that no operator sees and that
 * holds back nothing, neither the watermark nor the end of a job. What is always true: such a timer
 * is set exactly while its cell is live; it is at least the time to live after the last write, and
 * at most a {@value #STEPS}th of that later, so that not every write has to move it. Its map is
 * never iterated.
 */
final class Expiry {
  /** The family that the timers are saved under; no user can have one of this name. */
  static final String FAMILY = "\u0000expiry";

  private static final int STEPS = 16;
  private static final Instant NO_HOLD = BoundedWindow.TIMESTAMP_MAX_VALUE.plus(Duration.millis(1));

  private final KeyedState<?> owner;
  private final Times times;
  private final Map<String, Long> millisByState;

  /**
   * The expiry of a transform's states.
   *
   * @param millisByState the time to live of each state that has one, by its id in the columns
   */
  Expiry(KeyedState<?> owner, Times times, Map<String, Long> millisByState) {
    this.owner = owner;
    this.times = times;
    this.millisByState = new HashMap<>(millisByState);
  }

  static boolean isExpiry(TimerData timer) {
    return timer.getTimerFamilyId().equals(FAMILY);
  }

  /** Returns for how long the content of a state lives; 0 for ever. */
  long millisOf(String stateId) {
    return millisByState.getOrDefault(stateId, 0L);
  }

  /** To be called when a cell of the selected key was written. */
  void written(StateCell cell) {
    long lives = cell.column.expiresAfterMs;
    long step = Math.max(1, lives / STEPS);
    long at = (times.processingTimeMs() + lives + step - 1) / step * step;
    TimerNode former = timerOf(cell);
    if (former == null || former.timestampMs != at) {
      owner
          .timers()
          .set(
              TimerData.of(
                  cell.column.name.stateId(),
                  FAMILY,
                  cell.namespace.value,
                  Instant.ofEpochMilli(at),
                  NO_HOLD,
                  TimeDomain.PROCESSING_TIME));
    }
  }

  /** To be called when the content of a cell of the selected key is gone. */
  void cleared(StateCell cell) {
    TimerNode timer = timerOf(cell);
    if (timer != null) {
      owner.timers().remove(timer);
    }
  }

  /** Clears a cell that is handed out after its time, but before its timer fired. */
  void check(StateCell cell) {
    if (cell.live) {
      TimerNode timer = timerOf(cell);
      if (timer == null) {
        // It was saved before its state had a time to live.
        written(cell);
      } else if (timer.timestampMs <= times.processingTimeMs()) {
        cell.clear();
      }
    }
  }

  /**
   * Clears states whose time is over, up to a limit; selects their keys.
   *
   * @return how many there were
   */
  int clearDue(int limit) {
    int cleared = 0;
    while (cleared < limit) {
      TimerNode timer = owner.timers().pollExpired(times.processingTimeMs());
      if (timer == null) {
        break;
      }
      owner.select(timer);
      clear(timer.entry, timer.namespace, timer.data.getTimerId());
      cleared++;
    }
    return cleared;
  }

  private void clear(KeyEntry entry, Namespace namespace, String stateId) {
    for (int i = 0; i < entry.cellCount(); i++) {
      StateCell cell = entry.cellAt(i);
      if (cell.namespace == namespace && cell.column.name.stateId().equals(stateId)) {
        cell.clear();
        return;
      }
    }
    owner.saved().clear(entry, namespace, stateId);
  }

  private @Nullable TimerNode timerOf(StateCell cell) {
    return cell.entry.timerCount() == 0
        ? null
        : cell.entry.findTimer(cell.namespace, cell.column.name.stateId(), FAMILY);
  }
}
