package dev.sluice.state.store;

/**
 * How much of a worker's {@link StateMemory} one task may use: a lease in chunks, and how much of
 * it is free.
 *
 * <p>Owned by the task's thread, for which {@link #lease} and {@link #giveBack} are arithmetic on
 * plain numbers but for once in a chunk. Fields that say so belong to the {@link StateMemory} and
 * its lock. What is always true: what the task uses is what it holds less what is free; free bytes
 * are negative only after {@link #take}.
 *
 * <p>How it is used: before an object is kept, {@code lease(its size)}. If that is refused, others
 * are evicted, each with {@code giveBack(its size)}, until it is not; if there are no others,
 * {@code take(its size)}. Once in a step, as long as {@link #overdrawn}, some are evicted in favour
 * of another task.
 */
public final class TaskQuota implements AutoCloseable {
  private static final long UNLIMITED = Long.MAX_VALUE / 2;

  private final String name;
  private final StateMemory memory;
  private final long chunkBytes;
  private long freeBytes;

  /** Belongs to the memory's lock. */
  long heldBytes;

  /** Belongs to the memory's lock: what is to be left when it was asked to give back. */
  long targetBytes = Long.MAX_VALUE;

  /** Written under the memory's lock. */
  volatile boolean overdrawn;

  TaskQuota(String name, StateMemory memory, long chunkBytes) {
    this.name = name;
    this.memory = memory;
    this.chunkBytes = chunkBytes;
  }

  /** Returns a quota that never refuses, for tasks that have no store to evict to. */
  public static TaskQuota unlimited() {
    return new StateMemory(UNLIMITED, HeapGauge.NONE).open("unlimited");
  }

  /**
   * Counts this number of bytes as used.
   *
   * @return false if there is no room for them; then they are not counted, and the task has to
   *     evict
   */
  public boolean lease(long bytes) {
    long rest = freeBytes - bytes;
    if (rest >= 0) {
      freeBytes = rest;
      return true;
    }
    return leaseMore(bytes);
  }

  private boolean leaseMore(long bytes) {
    freeBytes += memory.lease(this, bytes - freeBytes);
    if (freeBytes < bytes) {
      return false;
    }
    freeBytes -= bytes;
    return true;
  }

  /**
   * Counts this number of bytes as used, room or not: for what must be kept although nothing can be
   * evicted.
   */
  public void take(long bytes) {
    freeBytes -= bytes;
    if (freeBytes < 0) {
      freeBytes += memory.take(this, -freeBytes);
    }
  }

  /** Counts this number of bytes as free again. */
  public void giveBack(long bytes) {
    freeBytes += bytes;
    if (freeBytes >= 2 * chunkBytes || (overdrawn && freeBytes >= chunkBytes)) {
      giveBackChunks();
    }
  }

  /**
   * Gives back whole chunks; keeps one for what is leased next, unless it is asked to give back.
   */
  private void giveBackChunks() {
    long kept = overdrawn ? 0 : chunkBytes;
    long chunks = (freeBytes - kept) / chunkBytes * chunkBytes;
    freeBytes -= chunks;
    memory.giveBack(this, chunks);
  }

  /** Says whether the task is to evict for the good of another one: look once in a step. */
  public boolean overdrawn() {
    return overdrawn;
  }

  /** Returns how many bytes the task uses. Asked by the task's thread. */
  public long usedBytes() {
    synchronized (memory) {
      return heldBytes - freeBytes;
    }
  }

  /** Gives back everything; nothing is leased by it any more. */
  @Override
  public void close() {
    freeBytes = 0;
    memory.close(this);
  }

  @Override
  public String toString() {
    return name + ": " + usedBytes() + " bytes";
  }
}
