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
 * they are left, and of what {@link WindowedAccumulators} have counted.
 */
final class HeapShare implements AutoCloseable {
  private final @Nullable TaskQuota quota;
  private final StateStore store;
  private final List<Evictor> evictors = new ArrayList<>();
  private int turn;

  HeapShare(StateSpace space) {
    this.quota = space.quota();
    this.store = space.store();
  }

  /** Takes in somebody whose share it counts, and who can do with less. */
  void add(Evictor evictor) {
    evictors.add(evictor);
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

  /** Counts so many bytes more, or less, of what is no key; some of it, or keys, may leave. */
  void count(long more) {
    if (more < 0) {
      quota.giveBack(-more);
    } else if (more > 0 && !quota.lease(more)) {
      makeRoom(more);
    }
  }

  /** Evicts for the good of another task, if there is one that needs it. */
  void relieve() {
    boolean evicted = true;
    while (evicted && quota.overdrawn()) {
      evicted = evictOne();
    }
  }

  private void makeRoom(long bytes) {
    while (evictOne()) {
      if (quota.lease(bytes)) {
        return;
      }
    }
    quota.take(bytes);
  }

  private boolean evictOne() {
    for (int tried = 0; tried < evictors.size(); tried++) {
      turn = turn + 1 < evictors.size() ? turn + 1 : 0;
      if (evictors.get(turn).evictOne()) {
        return true;
      }
    }
    return false;
  }

  /** Has something in memory that may go to the store. */
  interface Evictor {
    /** Moves a little of it there; false if there is nothing that may go. */
    boolean evictOne();
  }

  @Override
  public void close() {
    if (quota != null) {
      quota.close();
    }
    store.close();
  }
}
