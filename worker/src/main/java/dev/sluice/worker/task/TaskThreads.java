package dev.sluice.worker.task;

import dev.sluice.worker.world.Clock;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Steps each task in a thread of its own, which parks while there is nothing to do.
 *
 * <p>Tasks are started by one thread, the worker's loop. Threads are not daemons: a job keeps the
 * JVM alive until it has ended. Always true: a wake between the start of a step and the park after
 * it is seen, because the signal is cleared before the step looks at its input, and read again
 * after {@code resting} is announced.
 */
public final class TaskThreads implements TaskRunner {
  private static final int LEAST_FORGOTTEN = 64;

  private final Clock clock;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** At this many threads it looks for those that have ended, and not at each start. */
  private int forgetAt = LEAST_FORGOTTEN;

  public TaskThreads(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void start(String name, ClassLoader loader, Steppable task) {
    Runner runner = new Runner(task, clock);
    Thread thread = new Thread(null, runner, name, TaskStack.bytesFor(task.callDepth()));
    runner.thread = thread;
    thread.setDaemon(false);
    thread.setContextClassLoader(loader);
    task.started(runner);
    thread.start();
    threads.add(thread);
    if (threads.size() >= forgetAt) {
      threads.removeIf(earlier -> earlier.getState() == Thread.State.TERMINATED);
      forgetAt = Math.max(LEAST_FORGOTTEN, 2 * threads.size());
    }
  }

  /** How many threads are known; not many more than there are alive. */
  int remembered() {
    return threads.size();
  }

  /**
   * Waits until all threads have ended whose tasks have taken their last step, but no longer than
   * {@code limitMs} for each: user code may hold one that was told to stop.
   *
   * @return whether all have ended
   */
  public boolean awaitEnded(long limitMs) throws InterruptedException {
    boolean all = true;
    for (Thread thread : threads) {
      thread.join(limitMs);
      all &= !thread.isAlive();
    }
    return all;
  }

  private static final class Runner implements Runnable, Handle {
    private static final int STEPS_BEFORE_REST = 2;
    private final Steppable task;
    private final Clock clock;
    private Thread thread;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private volatile boolean resting;
    private boolean restedInStep;

    Runner(Steppable task, Clock clock) {
      this.task = task;
      this.clock = clock;
    }

    @Override
    public void run() {
      int idle = 0;
      while (true) {
        takeSignal();
        restedInStep = false;
        Step step = task.step();
        if (step == Step.FINISHED) {
          // The thread is remembered for a while after its end; the job's classes must not be.
          thread.setContextClassLoader(null);
          task.ended();
          return;
        }
        if (step == Step.WORKED || restedInStep) {
          // A rest takes signals that were meant for what the step had looked at before.
          idle = 0;
        } else if (++idle >= STEPS_BEFORE_REST) {
          park(task.wakeAtNanos());
          idle = 0;
        }
      }
    }

    private void park(long wakeAtNanos) {
      resting = true;
      if (!signalled.get()) {
        if (wakeAtNanos == Long.MAX_VALUE) {
          LockSupport.park(this);
        } else {
          LockSupport.parkNanos(this, wakeAtNanos - clock.nanoTime());
        }
      }
      resting = false;
      // Left behind by user code, it would keep the thread from ever parking again. An interrupt of
      // ours comes after a stop, which is seen before the next rest.
      Thread.interrupted();
    }

    /**
     * Clears the signal by an exchange rather than a store, so that what was sent before the signal
     * is seen by what follows.
     */
    private void takeSignal() {
      signalled.getAndSet(false);
    }

    @Override
    public void wake() {
      // Written even if it is set: the store orders the item that was sent before the look at
      // resting.
      signalled.set(true);
      if (resting) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void interrupt() {
      thread.interrupt();
    }

    @Override
    public void rest() {
      restedInStep = true;
      park(Long.MAX_VALUE);
      takeSignal();
    }
  }
}
