package dev.sluice.state.store;

import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The part of the heap that the state of one task may take, and the store for what does not fit.
 *
 * <p>Owned by a {@link dev.sluice.state.TaskState}, therefore by the task's thread. The transforms
 * of the task take turns to evict. What is always true: the bytes that are leased are the sum of
 * {@link Lessee#leasedBytes} over all lessees on the heap, and of what was counted for nobody in
 * particular.
 */
public final class HeapShare implements AutoCloseable {
  private final @Nullable TaskQuota quota;
  private final StateStore store;
  private final List<Evictor> evictors = new ArrayList<>();
  private int turn;

  /**
   * A share of which nothing is taken.
   *
   * @param quota the bytes that may be taken; null if there is no limit
   * @param store where goes what does not fit; closed with the share, as the quota is
   */
  public HeapShare(@Nullable TaskQuota quota, StateStore store) {
    this.quota = quota;
    this.store = store;
  }

  /** Takes in somebody whose share it counts, and who can do with less. */
  public void add(Evictor evictor) {
    evictors.add(evictor);
  }

  /** Says whether anything ever leaves the heap. */
  public boolean isLimited() {
    return quota != null;
  }

  /** The store for what does not fit. */
  public StateStore store() {
    return store;
  }

  /** Counts a lessee with these bytes; others, or that one, may leave the heap for them. */
  public void count(Lessee lessee, int bytes) {
    int more = bytes - lessee.leasedBytes();
    lessee.setLeasedBytes(bytes);
    if (more < 0) {
      quota.giveBack(-more);
    } else if (more > 0 && !quota.lease(more)) {
      makeRoom(more);
    }
  }

  /** Stops counting a lessee. */
  public void uncount(Lessee lessee) {
    int bytes = lessee.leasedBytes();
    if (bytes != 0) {
      quota.giveBack(bytes);
      lessee.setLeasedBytes(0);
    }
  }

  /** Counts more bytes, or fewer, that belong to no lessee; some of it, or lessees, may leave. */
  public void count(long more) {
    if (more < 0) {
      quota.giveBack(-more);
    } else if (more > 0 && !quota.lease(more)) {
      makeRoom(more);
    }
  }

  /** Evicts for the good of another task, if there is one that needs it. */
  public void relieve() {
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

  /** Something on the heap that remembers which bytes it is counted with, a key for instance. */
  public interface Lessee {
    /** Returns the bytes that it is counted with; 0 if it is not counted. */
    int leasedBytes();

    /** Remembers the bytes that it is counted with from now on. */
    void setLeasedBytes(int bytes);
  }

  /** Has something in memory that may go to the store. */
  public interface Evictor {
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
