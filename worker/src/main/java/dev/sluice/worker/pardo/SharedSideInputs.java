package dev.sluice.worker.pardo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The panes of side inputs that the tasks of one attempt of a job have in common on one worker, so
 * that a view is made once and not once per task; and how far each task has let go of them.
 *
 * <p>Thread-safe; made with the job's resources and asked by every task, but only when a pane comes
 * or goes or a view is first looked at: what a task reads per element it keeps itself. Always true:
 * a pane is here while at least one task holds it. Tasks go forward at different times, so several
 * panes of one window may be held at once, and which of them is current each task knows for itself.
 */
public final class SharedSideInputs {
  private static final long START_OF_TIME = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** What makes a pane the same one in two tasks. */
  private record Key(String exchangeId, BoundedWindow window, long index) {}

  private final Map<Key, Pane> panes = new HashMap<>();
  private final Map<String, Readers> readers = new HashMap<>();

  /** No panes yet. */
  public SharedSideInputs() {}

  /**
   * The pane as all tasks have it; the elements of the first that came with it are kept.
   *
   * @param holder which holds it until it gives it back
   */
  synchronized Pane hold(
      Object holder, String exchangeId, BoundedWindow window, long index, Iterable<?> elements) {
    Pane pane =
        panes.computeIfAbsent(
            new Key(exchangeId, window, index), key -> new Pane(key, index, elements));
    pane.holders.add(holder);
    return pane;
  }

  /** The holder does not need the pane any more; it goes with the last of them. */
  synchronized void giveBack(Object holder, Pane pane) {
    pane.holders.remove(holder);
    if (pane.holders.isEmpty()) {
      panes.remove(pane.key, pane);
    }
  }

  /** One more of the {@code tasks} that read the panes of this exchange. */
  synchronized Reader enrol(String exchangeId, int tasks) {
    return readers.computeIfAbsent(exchangeId, id -> new Readers(tasks)).enrol();
  }

  /** How many panes are held by anybody. */
  synchronized int size() {
    return panes.size();
  }

  /** The tasks that read the panes of one exchange. Thread-safe. */
  private static final class Readers {
    private final int tasks;
    private final List<Long> releasedBeforeMs = new ArrayList<>();

    Readers(int tasks) {
      this.tasks = tasks;
    }

    synchronized Reader enrol() {
      releasedBeforeMs.add(START_OF_TIME);
      return new Reader(this, releasedBeforeMs.size() - 1);
    }

    synchronized void put(int number, long boundMs) {
      releasedBeforeMs.set(number, boundMs);
    }

    /** A task that has not enrolled yet may need anything. */
    synchronized long least() {
      return releasedBeforeMs.size() < tasks ? START_OF_TIME : Collections.min(releasedBeforeMs);
    }
  }

  /** One task among those that read the panes of one exchange; used by its thread. */
  static final class Reader {
    private final Readers all;
    private final int number;

    private Reader(Readers all, int number) {
      this.all = all;
      this.number = number;
    }

    /** At the barrier it needs no window that ends before {@code boundMs}. */
    void passedBarrier(long boundMs) {
      all.put(number, boundMs);
    }

    /** No task needed a window that ends before this at the last barrier it has passed. */
    long allReleasedBeforeMs() {
      return all.least();
    }
  }

  /** The elements of one pane, and the views made of them. Its views are immutable. */
  static final class Pane {
    final long index;
    final Iterable<?> elements;
    private final Key key;
    private final Set<Object> holders = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Made> made = new ArrayList<>();

    private record Made(SideInputView kind, Object view) {}

    private Pane(Key key, long index, Iterable<?> elements) {
      this.key = key;
      this.index = index;
      this.elements = elements;
    }

    /**
     * The view of this kind. Whoever asks second while it is being made waits for it: it would have
     * nothing better to do than to make it itself.
     */
    synchronized Object view(SideInputView kind) {
      for (Made known : made) {
        if (known.kind.equals(kind)) {
          return known.view;
        }
      }
      Object view = kind.of(elements);
      made.add(new Made(kind, view));
      return view;
    }
  }
}
