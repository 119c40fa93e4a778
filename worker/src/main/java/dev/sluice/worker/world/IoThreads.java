package dev.sluice.worker.world;

import dev.sluice.protocol.world.Io;
import dev.sluice.state.error.Thrown;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does work that may block in a few threads, which take turns among the lanes.
 *
 * <p>Any thread submits. Always true: at most one thread works on a lane, and a lane is known only
 * while it has work. A thread without work ends after a second, so none is left behind by a process
 * that has no job; work that was submitted keeps the JVM alive until it is done.
 */
public final class IoThreads implements Io, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IoThreads.class);
  private static final long IDLE_SECONDS = 1;

  private final HeapWatch heap;
  private final ThreadPoolExecutor threads;
  private final Map<String, Queue<Runnable>> lanes = new HashMap<>();

  /**
   * @param count how many lanes are worked on at the same time
   */
  public IoThreads(int count, HeapWatch heap) {
    this.heap = heap;
    AtomicInteger number = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "io:" + number.getAndIncrement());
              thread.setDaemon(false);
              // Not the loader of whatever job happened to be the first to need a thread.
              thread.setContextClassLoader(IoThreads.class.getClassLoader());
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void submit(String lane, Runnable work) {
    synchronized (lanes) {
      Queue<Runnable> waiting = lanes.get(lane);
      if (waiting != null) {
        waiting.add(work);
        return;
      }
      lanes.put(lane, new ArrayDeque<>());
    }
    boolean given = false;
    try {
      given = laterBy(lane, work);
    } finally {
      if (!given) {
        // What is still being done may ask for more, but after the end nobody waits for that.
        forget(lane);
      }
    }
  }

  private void workOn(String lane, Runnable first) {
    try {
      workInTurn(lane, first);
    } catch (Throwable e) {
      // The lane is lost, with all that waits in it.
      failed(lane, e);
    }
  }

  /** Without memory even this may fail. */
  private void failed(String lane, Throwable thrown) {
    try {
      heap.lost(thrown, lane);
      Thrown.log(LOG, "work in the lane {} failed", lane, thrown);
    } catch (Throwable e) {
      // The next work is done all the same.
      return;
    }
  }

  private void workInTurn(String lane, Runnable first) {
    Runnable work = first;
    while (work != null) {
      try {
        work.run();
      } catch (Throwable e) {
        // A bug of whoever submitted it; other work is not affected.
        failed(lane, e);
      }
      work = nextOf(lane);
      if (work != null && laterBy(lane, work)) {
        return;
      }
    }
  }

  private void forget(String lane) {
    synchronized (lanes) {
      lanes.remove(lane);
    }
  }

  private Runnable nextOf(String lane) {
    synchronized (lanes) {
      Runnable next = lanes.get(lane).poll();
      if (next == null) {
        lanes.remove(lane);
      }
      return next;
    }
  }

  /** Has a thread do it; false if all threads end with their current work. */
  private boolean laterBy(String lane, Runnable work) {
    try {
      threads.execute(() -> workOn(lane, work));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Takes no more work, and drops what comes; what was submitted is done. Does not wait. */
  @Override
  public void close() {
    threads.shutdown();
  }

  /** After {@link #close}: waits until all work is done, but no longer than {@code limitMs}. */
  public void awaitEnded(long limitMs) throws InterruptedException {
    if (!threads.awaitTermination(limitMs, TimeUnit.MILLISECONDS)) {
      LOG.warn("work on a disk or a storage has not ended after {} ms", limitMs);
    }
  }
}
