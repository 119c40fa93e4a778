package dev.sluice.state;

import dev.sluice.state.store.StateStore;
import dev.sluice.state.store.TaskQuota;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The part of the heap that the keys of one task may take, and the store where keys go that do not
 * fit.
 *
 * <p>Owned by a {@link TaskState}, therefore by the task's thread. The transforms of the task take
 * turns to evict. What is always true: the bytes that are leased are the sum of {@link
 * KeyEntry#leased} over all keys on the heap, but for the selected ones, which are looked at when
 * they are left.
 */
final class HeapShare implements AutoCloseable {
  private final @Nullable TaskQuota quota;
  private final StateStore store;
  private final List<KeyedState<?>> states = new ArrayList<>();
  private int turn;

  HeapShare(StateSpace space) {
    this.quota = space.quota();
    this.store = space.store();
  }

  void add(KeyedState<?> state) {
    states.add(state);
  }

  /** Says whether keys ever leave the heap. */
  boolean isLimited() {
    return quota != null;
  }

  StateStore store() {
    return store;
  }

  /** Has a key counted with so many bytes; others, or that one, may leave the heap for them. */
  void count(KeyEntry entry, int bytes) {
    int more = bytes - entry.leased;
    entry.leased = bytes;
    if (more < 0) {
      quota.giveBack(-more);
    } else if (more > 0 && !quota.lease(more)) {
      makeRoom(more);
    }
  }

  /** Counts a key no more. */
  void uncount(KeyEntry entry) {
    if (entry.leased != 0) {
      quota.giveBack(entry.leased);
      entry.leased = 0;
    }
  }

  /** Evicts for the good of another task, if there is one that needs it. */
  void relieve() {
    boolean evicted = true;
    while (evicted && quota.overdrawn()) {
      evicted = evictOne();
    }
  }

  private void makeRoom(int bytes) {
    while (evictOne()) {
      if (quota.lease(bytes)) {
        return;
      }
    }
    quota.take(bytes);
  }

  private boolean evictOne() {
    for (int tried = 0; tried < states.size(); tried++) {
      turn = turn + 1 < states.size() ? turn + 1 : 0;
      if (states.get(turn).evictOne()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    if (quota != null) {
      quota.close();
    }
    store.close();
  }
}
