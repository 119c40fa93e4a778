package dev.sluice.worker.pardo;

import dev.sluice.state.Coded;
import dev.sluice.state.EntryVisitor;
import dev.sluice.state.StateEntry;
import dev.sluice.state.StateEntry.Column;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * The panes that one exchange brought, by window, and the views made of them.
 *
 * <p>Owned by the {@link SideInputs} of one task. Always true: a window holds its newest pane only;
 * a view is made of it at most once for all transforms that look at it the same way; and a window
 * is let go when no transform's input can map to it any more.
 */
final class SideInputPanes {
  private static final long END_MS = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  /** What is known of one window. */
  private static final class Pane {
    final long index;
    final Iterable<?> elements;
    final List<Object> views = new ArrayList<>();

    Pane(long index, Iterable<?> elements) {
      this.index = index;
      this.elements = elements;
    }
  }

  private final Map<BoundedWindow, Pane> panes = new LinkedHashMap<>();
  private final List<SideInputView> kinds = new ArrayList<>();
  private final List<Long> collectBefore = new ArrayList<>();
  private WindowingStrategy<?, ?> windowing;
  private Coder<KV<Long, Iterable<Object>>> paneCoder;
  private long watermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long releasedBeforeMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long version;

  /** Counts the changes that may have made a window ready or changed what it holds. */
  long version() {
    return version;
  }

  /** Enrols one way of looking at this side input; equal ways share a number. */
  int enrol(SideInputView view, WindowingStrategy<?, ?> strategy, Coder<Object> elementCoder) {
    windowing = strategy;
    paneCoder = KvCoder.of(VarLongCoder.of(), IterableCoder.of(elementCoder));
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
      boolean newer = held == null || held.index <= pane.getIndex();
      if (newer && window.maxTimestamp().getMillis() >= releasedBeforeMs) {
        panes.put(window, new Pane(pane.getIndex(), elements));
        version++;
      }
    }
  }

  void advanceWatermark(long toMs) {
    if (toMs > watermarkMs) {
      watermarkMs = toMs;
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
      view = kinds.get(kind).of(pane.elements);
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
    if (panes.keySet().removeIf(window -> window.maxTimestamp().getMillis() < releasedBeforeMs)) {
      version++;
    }
  }

  int heldWindows() {
    return panes.size();
  }

  /** Shows the pane of every window, with its index; what a barrier would have to save. */
  @SuppressWarnings("unchecked")
  void forEachEntry(int keyGroup, Column column, Coded<String> exchange, EntryVisitor visitor) {
    Coder<BoundedWindow> windowCoder = (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
    panes.forEach(
        (window, pane) ->
            visitor.visit(
                new StateEntry(
                    keyGroup,
                    column,
                    StateNamespaces.window(windowCoder, window),
                    null,
                    exchange,
                    new Coded<>(KV.of(pane.index, (Iterable<Object>) pane.elements), paneCoder))));
  }
}
