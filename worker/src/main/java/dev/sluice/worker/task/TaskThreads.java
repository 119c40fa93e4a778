package dev.sluice.worker.task;

import dev.sluice.worker.world.Clock;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Steps each task in a thread of its own, which parks while there is nothing to do.
 *
 * <p>Threads are not daemons: a job keeps the JVM alive until it has ended. Always true: a wake
 * between the start of a step and the park after it is seen, because the signal is cleared before
 * the step looks at its input, and read again after {@code resting} is announced.
 */
public final class TaskThreads implements TaskRunner {
  private final Clock clock;
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

  public TaskThreads(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void start(String name, ClassLoader loader, Steppable task) {
    Runner runner = new Runner(task, clock);
    Thread thread = new Thread(runner, name);
    runner.thread = thread;
    thread.setDaemon(false);
    thread.setContextClassLoader(loader);
    task.started(runner);
    threads.removeIf(earlier -> earlier.getState() == Thread.State.TERMINATED);
    thread.start();
    threads.add(thread);
  }

  /**
   * Waits until all threads have ended whose tasks have taken their last step, but no longer than
   * {@code limitMs} for each: user code may hold one that was told to stop.
   */
  public void awaitEnded(long limitMs) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(limitMs);
    }
  }

  private static final class Runner implements Runnable, Handle {
    private static final int STEPS_BEFORE_REST = 2;
    private final Steppable task;
    private final Clock clock;
    private Thread thread;
    private volatile boolean signalled;
    private volatile boolean resting;

    Runner(Steppable task, Clock clock) {
      this.task = task;
      this.clock = clock;
    }

    @Override
    public void run() {
      int idle = 0;
      while (true) {
        signalled = false;
        Step step = task.step();
        if (step == Step.FINISHED) {
          task.ended();
          return;
        }
        if (step == Step.WORKED) {
          idle = 0;
        } else if (++idle >= STEPS_BEFORE_REST) {
          park(task.wakeAtNanos());
          idle = 0;
        }
      }
    }

    private void park(long wakeAtNanos) {
      resting = true;
      if (!signalled) {
        if (wakeAtNanos == Long.MAX_VALUE) {
          LockSupport.park(this);
        } else {
          LockSupport.parkNanos(this, wakeAtNanos - clock.nanoTime());
        }
      }
      resting = false;
    }

    @Override
    public void wake() {
      // Written even if it is set: the store orders the item that was sent before the look at
      // resting.
      signalled = true;
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
      park(Long.MAX_VALUE);
      signalled = false;
    }
  }
}
