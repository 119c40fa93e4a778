package dev.sluice.runner;

import dev.sluice.protocol.Causes;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.state.error.Thrown;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.task.TaskThreads.Suspect;
import dev.sluice.worker.world.HeapWatch;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches this JVM's heap for one cluster, in a thread of its own, and ends the cluster's jobs when
 * it is exhausted.
 *
 * <p>Any thread reports allocations that failed, by volatile fields alone. Before its thread looks
 * at the heap it drops a ballast, so that there is memory to end jobs with, and has the JVM
 * collect: if much of the heap is free then, what had failed was one allocation that was too large,
 * or what filled the heap went with the call that had made it, and the ballast is allocated again.
 * Always true: the exhaustion is reported once, and until that has succeeded, this thread tries
 * again.
 */
final class HeapGuard implements HeapWatch {
  private static final Logger LOG = LoggerFactory.getLogger(HeapGuard.class);
  private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** With less than this part of the heap free after a collection, the heap is exhausted. */
  private static final int FREE_FRACTION = 8;

  /** The ballast is this part of the heap, but no more than that. */
  private static final int BALLAST_FRACTION = 32;

  private static final long MOST_BALLAST_BYTES = 4 << 20;

  /** Small enough for the collector to find room for it anywhere. */
  private static final int PIECE_BYTES = 128 << 10;

  /** The JVM makes an object of a literal when it comes to it for the first time. */
  private static final String NO_TRANSFORM = "";

  private final Supplier<List<Suspect>> suspects;
  private final Consumer<Failure> end;
  private final Exceptions exceptions;
  private final Thread thread = new Thread(this::watch, "heap-watch");
  private final HeapGauge gauge = new CollectedHeap();
  private final List<GarbageCollectorMXBean> collectors = collectors();
  private final Thrashing thrashing = new Thrashing();
  private final AllocationRate allocation = new AllocationRate();
  private final long maxBytes = Runtime.getRuntime().maxMemory();
  private final byte[][] ballast =
      new byte[(int) (Math.min(maxBytes / BALLAST_FRACTION, MOST_BALLAST_BYTES) / PIECE_BYTES)][];
  private final AtomicLong asked = new AtomicLong();
  private volatile long decided;
  private volatile boolean engineLost;
  private volatile boolean exhausted;
  private volatile boolean closed;
  private Throwable blamed; // with the three below guarded by this
  private String blamedWhere;
  private String blamedTransform;
  private boolean blamedForMost;

  /**
   * Does nothing before {@link #start}.
   *
   * @param suspects the tasks that are at work
   * @param end ends the jobs of the cluster; called by the guard's thread, again if memory does not
   *     suffice
   * @param exceptions keeps what the failure is, for who waits for a job
   */
  HeapGuard(Supplier<List<Suspect>> suspects, Consumer<Failure> end, Exceptions exceptions) {
    this.suspects = suspects;
    this.end = end;
    this.exceptions = exceptions;
  }

  private static List<GarbageCollectorMXBean> collectors() {
    // What collects beside the program takes no time from it.
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(
            bean -> !bean.getName().contains("Concurrent") && !bean.getName().endsWith("Cycles"))
        .toList();
  }

  /** Begins to watch. */
  void start() {
    takeBallast();
    rehearse();
    thread.setDaemon(true);
    thread.setContextClassLoader(HeapGuard.class.getClassLoader());
    thread.start();
  }

  /** Has whatever will be needed loaded and linked while there is memory. */
  private void rehearse() {
    Throwable none = new OutOfMemoryError("a rehearsal");
    if (Thrown.isOutOfMemory(none)) {
      blame(none, NO_TRANSFORM, NO_TRANSFORM);
      allocation.look(suspects.get());
      blameWhoAllocatedMost();
      LOG.debug("the heap is watched: {}", failure());
      forgive();
    }
    LockSupport.unpark(thread);
    dropBallast(0);
  }

  /** Stops watching. Does not wait. */
  void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  /** After {@link #close}: waits until its thread has ended, unless it is the caller's. */
  void awaitEnded(long limitMs) throws InterruptedException {
    if (thread != Thread.currentThread()) {
      thread.join(limitMs);
    }
  }

  // Any thread, and nothing here allocates.

  @Override
  public boolean isExhausted() {
    return exhausted;
  }

  @Override
  public boolean isExhaustedBy(Throwable thrown, String where, String transform) {
    if (exhausted) {
      return true;
    }
    if (!Thrown.isOutOfMemory(thrown)) {
      return false;
    }
    blame(thrown, where, transform);
    long mine = asked.incrementAndGet();
    LockSupport.unpark(thread);
    while (!exhausted && decided < mine && !closed) {
      LockSupport.parkNanos(AGAIN_NANOS);
    }
    return exhausted;
  }

  @Override
  public void lost(Throwable thrown, String where) {
    if (Thrown.isOutOfMemory(thrown)) {
      blame(thrown, where, NO_TRANSFORM);
      engineLost = true;
      LockSupport.unpark(thread);
    }
  }

  /** The first is to blame, but a transform rather than the engine. */
  private synchronized void blame(Throwable thrown, String where, String transform) {
    if (blamed == null || (blamedTransform.isEmpty() && !transform.isEmpty())) {
      blamed = thrown;
      blamedWhere = where;
      blamedTransform = transform;
    }
  }

  private synchronized void forgive() {
    blamed = null;
    blamedWhere = null;
    blamedTransform = null;
    blamedForMost = false;
  }

  /**
   * An allocation fails for whoever comes next, often for one who needs little: whoever has
   * allocated most recently is to blame instead, if that is known.
   */
  private void blameWhoAllocatedMost() {
    try {
      Suspect most = allocation.highest(suspects.get());
      synchronized (this) {
        if (!most.transform().isEmpty() || blamedWhere.isEmpty()) {
          blamedWhere = most.where();
          blamedTransform = most.transform();
          blamedForMost = true;
        }
      }
    } catch (OutOfMemoryError e) {
      // Whoever was named first stays; the rest of the ballast is for the end of the jobs.
      return;
    }
  }

  // The guard's own thread.

  private void watch() {
    boolean reported = false;
    while (!closed && !reported) {
      try {
        if (exhausted) {
          end.accept(failure());
          reported = true;
        } else if (engineLost || asked.get() > decided) {
          decide();
        } else {
          LockSupport.parkNanos(MEASURE_NANOS);
          measure();
        }
      } catch (OutOfMemoryError e) {
        dropBallast(ballast.length);
        LockSupport.parkNanos(AGAIN_NANOS);
      } catch (Throwable e) {
        Thrown.log(LOG, "{} failed", thread.getName(), e);
        LockSupport.parkNanos(AGAIN_NANOS);
      }
    }
    // Whoever keeps the result of a job keeps its cluster, and must not keep this.
    dropBallast(ballast.length);
  }

  private void decide() {
    long upTo = asked.get();
    // The rest is for the case that somebody takes this at once.
    dropBallast(ballast.length / 2);
    System.gc();
    if (engineLost || freeBytes() < maxBytes / FREE_FRACTION) {
      blameWhoAllocatedMost();
      exhausted = true;
      return;
    }
    forgive();
    decided = upTo;
    takeBallast();
  }

  private long freeBytes() {
    Runtime runtime = Runtime.getRuntime();
    return maxBytes - runtime.totalMemory() + runtime.freeMemory();
  }

  private void measure() {
    long gcMs = 0;
    for (GarbageCollectorMXBean collector : collectors) {
      gcMs += Math.max(0, collector.getCollectionTime());
    }
    HeapGauge.Reading heap = gauge.read();
    double usedShare = (double) heap.usedBytes() / heap.maxBytes();
    if (thrashing.measured(System.nanoTime(), gcMs, usedShare)) {
      dropBallast(ballast.length / 2);
      blame(null, NO_TRANSFORM, NO_TRANSFORM);
      blameWhoAllocatedMost();
      exhausted = true;
      return;
    }
    allocation.look(suspects.get());
  }

  private synchronized Failure failure() {
    String transform = blamedTransform;
    Throwable outOfMemory = blamed;
    for (Throwable t : Causes.of(blamed)) {
      if (!blamedForMost && t instanceof TransformException by) {
        transform = by.transform();
      }
      outOfMemory = t;
    }
    String how =
        blamedForMost ? "allocated most when it ran out" : "was at work when an allocation failed";
    HeapExhaustedException thrown =
        new HeapExhaustedException(maxBytes, blamedWhere, how, outOfMemory);
    // Its stack trace as text would take memory that there may not be.
    return new Failure(
        FailureKind.HEAP_EXHAUSTED,
        transform,
        blamedWhere,
        thrown.getMessage(),
        NO_TRANSFORM,
        ByteString.EMPTY,
        exceptions.keep(thrown));
  }

  private void takeBallast() {
    for (int i = 0; i < ballast.length; i++) {
      if (ballast[i] == null) {
        ballast[i] = new byte[PIECE_BYTES];
      }
    }
  }

  private void dropBallast(int pieces) {
    for (int i = 0; i < pieces; i++) {
      ballast[i] = null;
    }
  }
}
