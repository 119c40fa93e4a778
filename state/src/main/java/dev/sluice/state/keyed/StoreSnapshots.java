package dev.sluice.state.keyed;

import dev.sluice.state.log.Bytes;
import dev.sluice.state.store.StateStore;
import java.util.ArrayList;
import java.util.List;

/**
 * Snapshots of the elements that the store had of large collections when they were read, so that
 * they can be iterated over, many times, whatever becomes of the collections.
 *
 * <p>Owned by a {@link KeyedState}, therefore by the task's thread. What is always true: all of
 * them are of the selected key, and are released when it is left or selected once more.
 */
final class StoreSnapshots {
  private final String transformId;
  private final StateStore store;
  private final List<StateStore.View> views = new ArrayList<>();

  /** How often all of them were let go. */
  private long past;

  StoreSnapshots(String transformId, StateStore store) {
    this.transformId = transformId;
    this.store = store;
  }

  /** Keeps what the store has now of a collection. */
  Snapshot keep(byte[] prefix) {
    StateStore.View view = store.view(new Bytes(prefix.length).put(prefix));
    views.add(view);
    return new Snapshot(view, past);
  }

  boolean isEmpty() {
    return views.isEmpty();
  }

  /** Lets go of all of them. */
  void clear() {
    past++;
    views.forEach(StateStore.View::close);
    views.clear();
  }

  /** What the store had of a collection when it was read. */
  final class Snapshot {
    private final StateStore.View view;
    private final long madeIn;

    private Snapshot(StateStore.View view, long madeIn) {
      this.view = view;
      this.madeIn = madeIn;
    }

    boolean isKept() {
      return madeIn == past;
    }

    /** Walks over it from some key on. To be closed. */
    StateStore.Cursor scan(Bytes from) {
      if (!isKept()) {
        throw new IllegalStateException(
            "What was read from a large collection of transform "
                + transformId
                + " is read after the processing of its element has ended; it is too large"
                + " to be kept: copy what is needed of it before that");
      }
      return view.scan(from);
    }
  }
}
