package dev.sluice.worker.pardo;

import dev.sluice.state.TaskList;
import dev.sluice.state.TaskState;
import dev.sluice.state.TaskValue;
import dev.sluice.worker.stage.OperatorContext;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/**
 * The elements of a ParDo that wait for a side input.
 *
 * <p>Owned by one {@link ParDoOperator}. The elements are in two spillable lists of the task's
 * state: one takes what comes, the other is worked through once some window has become ready, and
 * what still has to wait goes back into the first; then they change places. How far the work has
 * come is in state too, so a barrier may fall anywhere in it. Always true: no element that waits is
 * behind {@link #holdMs}.
 */
final class Pushback {
  private static final long NO_HOLD = Long.MAX_VALUE;

  /** Takes an element whose side inputs are all ready. */
  interface Ready {
    void process(Object value, long timestampMs, BoundedWindow window, PaneInfo pane);
  }

  private final SideInputLookup sideInputs;
  private final Ready ready;
  private final List<TaskList<WindowedValue<Object>>> lists;
  private final TaskValue<Long> progress;
  private final Set<BoundedWindow> waiting = new LinkedHashSet<>();
  private final long[] holdsMs = {NO_HOLD, NO_HOLD};
  private Iterator<WindowedValue<Object>> draining;
  private int intake;
  private long drained;
  private long checkedVersion = -1;

  Pushback(OperatorContext context, ParDoSpec spec, SideInputLookup sideInputs, Ready ready) {
    this.sideInputs = sideInputs;
    this.ready = ready;
    TaskState state = context.task().state();
    var coder = WindowedValues.getFullCoder(spec.inputCoder(), spec.windowCoder());
    lists =
        List.of(
            state.list(context.transformName(), "pushback-0", coder),
            state.list(context.transformName(), "pushback-1", coder));
    progress =
        state.value(
            context.transformName(), "pushback-progress", state.range().first(), VarLongCoder.of());
  }

  /** Derives from state what is kept beside it. */
  void open() {
    Long at = progress.get();
    intake = at == null ? 0 : (int) (at & 1);
    drained = at == null ? 0 : at >> 1;
    for (int i = 0; i < 2; i++) {
      for (WindowedValue<Object> element : lists.get(i)) {
        note(i, element.getTimestamp().getMillis(), windowOf(element));
      }
    }
    if (!lists.get(1 - intake).isEmpty()) {
      startDraining();
      for (long i = 0; i < drained; i++) {
        draining.next();
      }
    }
  }

  /** Keeps an element until {@code window} is ready. */
  void add(Object value, long timestampMs, BoundedWindow window, PaneInfo pane) {
    keep(WindowedValues.of(value, Instant.ofEpochMilli(timestampMs), window, pane));
  }

  private void keep(WindowedValue<Object> element) {
    lists.get(intake).append(element);
    note(intake, element.getTimestamp().getMillis(), windowOf(element));
  }

  private void note(int list, long timestampMs, BoundedWindow window) {
    holdsMs[list] = Math.min(holdsMs[list], timestampMs);
    if (waiting.add(window)) {
      checkedVersion = -1;
    }
  }

  /** Whether an element can be processed that could not be before. */
  boolean hasDueWork() {
    if (draining != null) {
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
  int drain(int limit) {
    int done = 0;
    while (done < limit && hasDueWork()) {
      if (draining == null) {
        turn();
      }
      while (done < limit && draining.hasNext()) {
        WindowedValue<Object> element = draining.next();
        drained++;
        done++;
        revisit(element);
      }
      if (!draining.hasNext()) {
        endDraining();
      }
      saveProgress();
    }
    return done;
  }

  private void saveProgress() {
    if (isEmpty()) {
      intake = 0;
      progress.clear();
    } else {
      progress.set(drained << 1 | intake);
    }
  }

  private void revisit(WindowedValue<Object> element) {
    BoundedWindow window = windowOf(element);
    if (sideInputs.isReady(window)) {
      ready.process(
          element.getValue(), element.getTimestamp().getMillis(), window, element.getPaneInfo());
    } else {
      keep(element);
    }
  }

  private void turn() {
    intake = 1 - intake;
    waiting.clear();
    drained = 0;
    startDraining();
  }

  private void startDraining() {
    draining = lists.get(1 - intake).iterator();
  }

  private void endDraining() {
    draining = null;
    drained = 0;
    lists.get(1 - intake).clear();
    holdsMs[1 - intake] = NO_HOLD;
  }

  /** No element that waits is earlier than this. */
  long holdMs() {
    return Math.min(holdsMs[0], holdsMs[1]);
  }

  boolean isEmpty() {
    return lists.get(0).isEmpty() && lists.get(1).isEmpty();
  }

  private static BoundedWindow windowOf(WindowedValue<Object> element) {
    return element.getWindows().iterator().next();
  }
}
