package dev.sluice.worker.pardo;

import dev.sluice.state.TaskQueue;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.watermark.Activity;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/**
 * The elements that wait for a side input's window, in front of one transform.
 *
 * <p>Owned by one {@link ParDoOperator}. The elements are in a spillable queue of the task's state.
 * Once some window has become ready each of them is looked at once: it is processed, or goes back
 * to the end. Always true: no element that waits is behind {@link #holdMs}.
 */
final class Pushback implements WaitingRoom {
  private static final long NO_HOLD = Long.MAX_VALUE;

  /** Takes an element whose side inputs are all ready. */
  interface Ready {
    void process(WindowedValue<Object> element, BoundedWindow window);
  }

  private final SideInputLookup sideInputs;
  private final Ready ready;
  private final TaskQueue<WindowedValue<Object>> queue;
  private final Set<BoundedWindow> waiting = new LinkedHashSet<>();
  private long holdMs = NO_HOLD;

  /** How many elements are still to be looked at, and the hold of those that come after them. */
  private long toVisit;

  private long keptHoldMs = NO_HOLD;
  private long checkedVersion = -1;

  /**
   * @param groupOf the key group that an element is saved in
   */
  Pushback(
      OperatorContext context,
      ParDoSpec spec,
      SideInputLookup sideInputs,
      ToIntFunction<Object> groupOf,
      Ready ready) {
    this.sideInputs = sideInputs;
    this.ready = ready;
    this.queue =
        context
            .task()
            .state()
            .queue(
                context.transformName(),
                "~waits for side input",
                WaitingCoder.of(spec),
                element -> groupOf.applyAsInt(element.getValue()));
  }

  /** Derives from state what is kept beside it. */
  @Override
  public void open() {
    sideInputs.open();
    queue.forEach(this::note);
  }

  @Override
  public void barrier(long checkpoint) {
    sideInputs.barrier();
  }

  @Override
  public long advance(long watermarkMs) {
    return Math.min(watermarkMs, holdMs);
  }

  @Override
  public Activity activity(Activity input) {
    return queue.isEmpty() ? input : Activity.ACTIVE;
  }

  /** Keeps an element until {@code window} is ready. */
  void add(
      Object value, long timestampMs, BoundedWindow window, PaneInfo pane, CausedByDrain cause) {
    keep(
        WindowedValues.of(
            value, Instant.ofEpochMilli(timestampMs), window, pane, null, null, cause));
  }

  private void keep(WindowedValue<Object> element) {
    queue.append(element);
    note(element);
  }

  private void note(WindowedValue<Object> element) {
    long timestampMs = element.getTimestamp().getMillis();
    holdMs = Math.min(holdMs, timestampMs);
    keptHoldMs = Math.min(keptHoldMs, timestampMs);
    if (waiting.add(windowOf(element))) {
      checkedVersion = -1;
    }
  }

  /** Whether an element can be processed that could not be before. */
  @Override
  public boolean hasDueWork() {
    if (toVisit > 0) {
      return true;
    }
    if (waiting.isEmpty() || checkedVersion == sideInputs.version()) {
      return false;
    }
    for (BoundedWindow window : waiting) {
      if (sideInputs.isReady(window)) {
        return true;
      }
    }
    checkedVersion = sideInputs.version();
    return false;
  }

  /** Works through up to {@code limit} of the elements that waited. */
  @Override
  public int fire(int limit) {
    int done = 0;
    while (done < limit && hasDueWork()) {
      if (toVisit == 0) {
        toVisit = queue.size();
        keptHoldMs = NO_HOLD;
        waiting.clear();
      }
      while (done < limit && toVisit > 0) {
        toVisit--;
        done++;
        revisit(queue.take());
      }
      if (toVisit == 0) {
        holdMs = keptHoldMs;
      }
    }
    return done;
  }

  private void revisit(WindowedValue<Object> element) {
    BoundedWindow window = windowOf(element);
    if (sideInputs.isReady(window)) {
      ready.process(element, window);
    } else {
      keep(element);
    }
  }

  /** No element that waits is earlier than this. */
  @Override
  public long holdMs() {
    return holdMs;
  }

  @Override
  public long needMs() {
    return holdMs;
  }

  @Override
  public boolean hasPendingWork() {
    return !queue.isEmpty();
  }

  private static BoundedWindow windowOf(WindowedValue<Object> element) {
    return element.getWindows().iterator().next();
  }
}
