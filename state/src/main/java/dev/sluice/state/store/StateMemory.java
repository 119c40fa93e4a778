package dev.sluice.state.store;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The memory that the state of all tasks of one worker may take on the heap, and who has how much
 * of it.
 *
 * <p>Shared by all tasks; its methods lock, and are called once in a chunk of bytes only ({@link
 * TaskQuota} does the arithmetic in between), or once for each object while there is no room. What
 * is always true: what is leased is the sum of what the open quotas hold, and no chunk is leased
 * beyond {@link #limitBytes} except by {@link TaskQuota#take}.
 *
 * <p>Whoever comes first may have everything. When a task is refused a chunk although it has less
 * than its fair share, the one that has the most is asked to give back some of what it has beyond
 * its own ({@link TaskQuota#overdrawn}); it is asked again for as long as the other one waits.
 *
 * <p>Sizes of objects are estimates. After each collection of garbage that the {@link HeapGauge}
 * reports, the limit shrinks if the heap is fuller than {@value #FULL_PERCENT}%, and grows back to
 * the budget by small steps if it is emptier than {@value #ROOMY_PERCENT}%.
 */
public final class StateMemory {
  static final long LARGEST_CHUNK = 1L << 20;

  private static final int CHUNKS = 64;
  private static final int FULL_PERCENT = 85;
  private static final int ROOMY_PERCENT = 70;
  private static final int SHRINK_PERCENT = 80;
  private static final int GROW_PERCENT = 105;
  private static final int LEAST_FRACTION = 8;

  /**
   * A task that is asked to give back evicts this much in one step, which takes some milliseconds.
   */
  private static final int TOLD_CHUNKS = 2;

  /** A full memory refuses for each object; it asks the gauge once in this number of times. */
  private static final int ASK_INTERVAL = 64;

  private final long budgetBytes;
  private final long chunkBytes;
  private final HeapGauge gauge;
  private final Set<TaskQuota> quotas = new LinkedHashSet<>();
  private long limitBytes;
  private long leasedBytes;
  private long collections;
  private int refusals;

  /**
   * Memory of this number of bytes.
   *
   * @param gauge what corrects the estimates that the bytes are counted by
   */
  public StateMemory(long budgetBytes, HeapGauge gauge) {
    if (budgetBytes <= 0) {
      throw new IllegalArgumentException("a budget of " + budgetBytes + " bytes for state");
    }
    this.budgetBytes = budgetBytes;
    this.gauge = gauge;
    this.limitBytes = budgetBytes;
    this.chunkBytes = Math.max(1, Math.min(LARGEST_CHUNK, budgetBytes / CHUNKS));
  }

  /** Returns a quota for a task, which holds nothing yet; the name is for messages. */
  public synchronized TaskQuota open(String name) {
    TaskQuota quota = new TaskQuota(name, this, chunkBytes);
    quotas.add(quota);
    return quota;
  }

  /** Returns what all tasks may take if their estimates are right. */
  public long budgetBytes() {
    return budgetBytes;
  }

  /** Returns what all tasks may take at present. */
  public synchronized long limitBytes() {
    return limitBytes;
  }

  /** Returns what all tasks hold. */
  public synchronized long leasedBytes() {
    return leasedBytes;
  }

  /** Leases whole chunks that have room for the bytes; returns how many bytes these are, or 0. */
  synchronized long lease(TaskQuota quota, long bytes) {
    long chunks = wholeChunks(bytes);
    if (chunks > limitBytes - leasedBytes) {
      if (refusals++ % ASK_INTERVAL == 0) {
        correct();
      }
      makeRoomFor(quota);
      return 0;
    }
    correct();
    grant(quota, chunks);
    return chunks;
  }

  /** Leases whole chunks though there may be no room. */
  synchronized long take(TaskQuota quota, long bytes) {
    correct();
    long chunks = wholeChunks(bytes);
    grant(quota, chunks);
    if (leasedBytes > limitBytes) {
      makeRoomFor(quota);
    }
    return chunks;
  }

  synchronized void giveBack(TaskQuota quota, long bytes) {
    leasedBytes -= bytes;
    quota.heldBytes -= bytes;
    if (quota.heldBytes <= quota.targetBytes) {
      quota.targetBytes = Long.MAX_VALUE;
      quota.overdrawn = false;
    }
  }

  synchronized void close(TaskQuota quota) {
    if (quotas.remove(quota)) {
      giveBack(quota, quota.heldBytes);
    }
  }

  private long wholeChunks(long bytes) {
    return (bytes + chunkBytes - 1) / chunkBytes * chunkBytes;
  }

  private void grant(TaskQuota quota, long bytes) {
    leasedBytes += bytes;
    quota.heldBytes += bytes;
  }

  /** Tells the task that has most beyond its share, if somebody else has less than that. */
  private void makeRoomFor(TaskQuota starving) {
    long share = limitBytes / Math.max(1, quotas.size());
    if (starving.heldBytes >= share && leasedBytes <= limitBytes) {
      return;
    }
    TaskQuota greatest = starving;
    for (TaskQuota quota : quotas) {
      if (quota.heldBytes > greatest.heldBytes) {
        greatest = quota;
      }
    }
    long beyond = greatest.heldBytes - share;
    if (beyond > 0 && !greatest.overdrawn) {
      greatest.targetBytes = greatest.heldBytes - Math.min(beyond, TOLD_CHUNKS * chunkBytes);
      greatest.overdrawn = true;
    }
  }

  private void correct() {
    HeapGauge.Reading reading = gauge.read();
    if (reading.collections() == collections) {
      return;
    }
    collections = reading.collections();
    double percent = 100.0 * reading.usedBytes() / reading.maxBytes();
    if (percent > FULL_PERCENT) {
      limitBytes = Math.max(budgetBytes / LEAST_FRACTION, limitBytes / 100 * SHRINK_PERCENT);
    } else if (percent < ROOMY_PERCENT) {
      limitBytes = Math.min(budgetBytes, limitBytes / 100 * GROW_PERCENT + 1);
    }
  }
}
