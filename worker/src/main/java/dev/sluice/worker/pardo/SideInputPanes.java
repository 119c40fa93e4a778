package dev.sluice.worker.pardo;

import dev.sluice.state.PartLog;
import dev.sluice.state.StatePart;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.EntryVisitor;
import dev.sluice.state.entry.SliceLimit;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.worker.stage.WatermarkFloor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * The panes that one exchange brought to one task, by window, and the views of them.
 *
 * <p>Owned by the {@link SideInputs} of that task. Elements and views are shared with the job's
 * other tasks; which pane is current is not. Always true: a window holds its newest pane only, and
 * is released when no transform's input can map to it any more. What is saved is another matter:
 * see {@link SavedPanes}.
 */
final class SideInputPanes implements StatePart {
  private static final long END_MS = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  /** What is known of one window. */
  private static final class Pane {
    final SharedSideInputs.Pane shared;
    final List<Object> views = new ArrayList<>();

    Pane(SharedSideInputs.Pane shared) {
      this.shared = shared;
    }

    long index() {
      return shared.index;
    }

    /** As it is saved. */
    @SuppressWarnings("unchecked") // the elements are those of the side input's coder
    KV<Long, Iterable<Object>> kept() {
      return KV.of(shared.index, (Iterable<Object>) shared.elements);
    }
  }

  private final Map<BoundedWindow, Pane> panes = new LinkedHashMap<>();
  private final List<SideInputView> kinds = new ArrayList<>();
  private final List<Long> collectBefore = new ArrayList<>();
  private final String exchangeId;
  private final SharedSideInputs shared;
  private final WindowingStrategy<?, ?> windowing;
  private final SavedPanes saved;
  private final boolean saves;
  private final SharedSideInputs.Reader reader;
  private PartLog log;
  private final WatermarkFloor floor;
  private long watermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long releasedBeforeMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long version;

  /**
   * @param exchangeId by which the panes come
   * @param shared what the tasks have in common
   * @param tasks how many tasks read them
   * @param saves whether this task, rather than another one of the stage, saves the panes
   * @param floor keeps the watermark
   */
  SideInputPanes(
      String exchangeId,
      SharedSideInputs shared,
      WindowingStrategy<?, ?> windowing,
      Coder<Object> elementCoder,
      int tasks,
      boolean saves,
      WatermarkFloor floor) {
    this.exchangeId = exchangeId;
    this.shared = shared;
    this.windowing = windowing;
    this.saved = new SavedPanes(windowing.getWindowFn().windowCoder(), elementCoder);
    this.saves = saves;
    this.reader = shared.enrol(exchangeId, tasks);
    this.floor = floor;
  }

  /** Counts the changes that may have made a window ready or changed what it holds. */
  long version() {
    return version;
  }

  /** Enrols one way of looking at this side input; equal ways share a number. */
  int enrol(SideInputView view) {
    int known = kinds.indexOf(view);
    if (known >= 0) {
      return known;
    }
    kinds.add(view);
    return kinds.size() - 1;
  }

  /** Enrols a transform that will say how far its input has come. */
  int enrolConsumer() {
    collectBefore.add(BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());
    return collectBefore.size() - 1;
  }

  void receive(Iterable<?> elements, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    for (BoundedWindow window : windows) {
      Pane held = panes.get(window);
      if (held != null && changesNothing(elements)) {
        continue;
      }
      boolean newer = held == null || held.index() <= pane.getIndex();
      if (newer && window.maxTimestamp().getMillis() >= releasedBeforeMs) {
        put(window, pane.getIndex(), elements);
      }
      if (saves) {
        save(window, pane.getIndex(), elements);
      }
    }
  }

  /** As the empty pane at the end of a window whose panes before took all that was there. */
  private boolean changesNothing(Iterable<?> elements) {
    return kinds.stream().allMatch(SideInputView::isOfNewest) && !elements.iterator().hasNext();
  }

  private void put(BoundedWindow window, long index, Iterable<?> elements) {
    Pane newest = new Pane(shared.hold(this, exchangeId, window, index, elements));
    Pane replaced = panes.put(window, newest);
    if (replaced != null && replaced.shared != newest.shared) {
      shared.giveBack(this, replaced.shared);
    }
    version++;
  }

  @SuppressWarnings("unchecked") // the elements are those of the side input's coder
  private void save(BoundedWindow window, long index, Iterable<?> elements) {
    saved.save(window, index, (Iterable<Object>) elements);
  }

  @Override
  public void logTo(PartLog partLog) {
    log = partLog;
    saved.logTo(partLog);
  }

  @Override
  public void barrier() {
    // A pane is logged when it comes. It is deleted when every task has passed a barrier without
    // need of it: a task that has released it may be far ahead of one that, restored, reads it
    // again. A barrier that others have passed already is not behind the one passed here.
    reader.passedBarrier(releasedBeforeMs);
    if (saves) {
      saved.deleteBefore(reader.allReleasedBeforeMs());
    }
  }

  @Override
  public boolean logSome(SliceLimit limit) {
    return true;
  }

  @Override
  public void restore(byte[] key, byte[] value) {
    BoundedWindow window = PartLog.windowOf(key, windowing.getWindowFn().windowCoder());
    KV<Long, Iterable<Object>> pane = log.decodeValue(value, 0, saved.coder());
    put(window, pane.getKey(), pane.getValue());
    if (saves) {
      saved.restored(window, pane.getKey());
    }
  }

  /** What was saved has been restored; more than once if several transforms look at it. */
  void open() {
    floor.open();
    advanceWatermark(BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());
  }

  /** Keeps how far it has come. */
  void saveWatermark() {
    floor.save();
  }

  void advanceWatermark(long toMs) {
    long raisedMs = floor.raise(toMs);
    if (raisedMs > watermarkMs) {
      watermarkMs = raisedMs;
      version++;
    }
  }

  /** Whether the window has a pane, or can be taken for empty. */
  boolean isReady(BoundedWindow window) {
    return panes.containsKey(window)
        || watermarkMs >= END_MS
        || watermarkMs
            > windowing.getTrigger().getWatermarkThatGuaranteesFiring(window).getMillis();
  }

  boolean hasPane(BoundedWindow window) {
    return panes.containsKey(window);
  }

  /** The view of kind {@code kind} over the newest pane of the window, or over nothing. */
  Object view(int kind, BoundedWindow window) {
    Pane pane = panes.get(window);
    if (pane == null) {
      return kinds.get(kind).of(Collections.emptyList());
    }
    while (pane.views.size() <= kind) {
      pane.views.add(null);
    }
    Object view = pane.views.get(kind);
    if (view == null) {
      view = pane.shared.view(kinds.get(kind));
      pane.views.set(kind, view);
    }
    return view;
  }

  /** The input of {@code consumer} maps to no window any more that ends before {@code boundMs}. */
  void releaseBefore(int consumer, long boundMs) {
    if (boundMs <= collectBefore.get(consumer)) {
      return;
    }
    collectBefore.set(consumer, boundMs);
    releasedBeforeMs = Collections.min(collectBefore);
    if (panes.entrySet().removeIf(held -> isReleased(held.getKey(), held.getValue()))) {
      version++;
    }
  }

  private boolean isReleased(BoundedWindow window, Pane pane) {
    boolean released = window.maxTimestamp().getMillis() < releasedBeforeMs;
    if (released) {
      shared.giveBack(this, pane.shared);
    }
    return released;
  }

  @Override
  public long entryCount() {
    return panes.size();
  }

  @Override
  @SuppressWarnings("unchecked")
  public void forEachEntry(StateEntry.Column column, EntryVisitor visitor) {
    Coder<BoundedWindow> windowCoder = (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
    panes.forEach(
        (window, pane) ->
            visitor.visit(
                new StateEntry(
                    SideInputs.KEY_GROUP,
                    column,
                    StateNamespaces.window(windowCoder, window),
                    null,
                    null,
                    new Coded<>(pane.kept(), saved.coder()))));
  }
}
