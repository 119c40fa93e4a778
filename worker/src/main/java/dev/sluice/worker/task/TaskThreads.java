package dev.sluice.worker.task;

import dev.sluice.protocol.world.Clock;
import dev.sluice.state.error.Thrown;
import dev.sluice.worker.world.HeapWatch;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps each task in a thread of its own, which parks while there is nothing to do.
 *
 * <p>Tasks are started by one thread, the worker's loop. Threads are not daemons: a job keeps the
 * JVM alive until it has ended. Always true: a wake between the start of a step and the park after
 * it is seen, because the signal is cleared before the step looks at its input, and read again
 * after {@code resting} is announced.
 */
public final class TaskThreads implements TaskRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TaskThreads.class);
  private static final int LEAST_FORGOTTEN = 64;

  private final Clock clock;
  private final HeapWatch heap;
  private final Set<Runner> runners = ConcurrentHashMap.newKeySet();

  /** At this many threads it looks for those that have ended, and not at each start. */
  private int forgetAt = LEAST_FORGOTTEN;

  /**
   * Threads of a process.
   *
   * @param heap decides what a failed allocation means
   */
  public TaskThreads(Clock clock, HeapWatch heap) {
    this.clock = clock;
    this.heap = heap;
  }

  /**
   * A task that may be using up the heap.
   *
   * @param thread the id of its thread
   * @param where its name
   * @param transform the one at work, or the empty string
   */
  public record Suspect(long thread, String where, String transform) {}

  @Override
  public void start(String name, ClassLoader loader, Steppable task) {
    Runner runner = new Runner(name, task, clock, heap);
    Thread thread = new Thread(null, runner, name, TaskStack.bytesFor(task.callDepth()));
    runner.thread = thread;
    thread.setDaemon(false);
    thread.setContextClassLoader(loader);
    task.started(runner);
    thread.start();
    runners.add(runner);
    if (runners.size() >= forgetAt) {
      runners.removeIf(earlier -> earlier.thread.getState() == Thread.State.TERMINATED);
      forgetAt = Math.max(LEAST_FORGOTTEN, 2 * runners.size());
    }
  }

  /** How many threads are known; not many more than there are alive. */
  int remembered() {
    return runners.size();
  }

  /** Has every task look whether the heap is exhausted, also if user code of it blocks. */
  public void interruptAll() {
    for (Runner runner : runners) {
      runner.wake();
      runner.interrupt();
    }
  }

  /** The tasks that are at work just now. Any thread. */
  public List<Suspect> atWork() {
    List<Suspect> atWork = new ArrayList<>();
    for (Runner runner : runners) {
      if (!runner.resting && runner.thread.isAlive()) {
        atWork.add(runner.suspect());
      }
    }
    return atWork;
  }

  /** Whether every task has taken its last step: what they have used can be closed. Any thread. */
  public boolean haveEnded() {
    return runners.stream().allMatch(runner -> runner.tookLastStep);
  }

  /**
   * Waits until all threads have ended whose tasks have taken their last step, but no longer than
   * {@code limitMs}: user code may hold some that were asked to stop.
   *
   * @return whether all have ended
   */
  public boolean awaitEnded(long limitMs) throws InterruptedException {
    long end = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
    boolean all = true;
    for (Runner runner : runners) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(end - clock.nanoTime());
      // Without a limit join() would wait for ever.
      runner.thread.join(Math.max(1, leftMs));
      all &= !runner.thread.isAlive();
    }
    return all;
  }

  private static final class Runner implements Runnable, Handle {
    private static final int STEPS_BEFORE_REST = 2;

    /** Its name without the role of the thread: such as {@code job-7/s3/1}. */
    private final String where;

    private Steppable task;
    private final Clock clock;
    private final HeapWatch heap;
    private Thread thread;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private volatile boolean resting;
    private volatile boolean tookLastStep;
    private boolean restedInStep;

    Runner(String name, Steppable task, Clock clock, HeapWatch heap) {
      this.where = name.substring(name.indexOf(':') + 1);
      this.task = task;
      this.clock = clock;
      this.heap = heap;
    }

    Suspect suspect() {
      Steppable stepped = task;
      return new Suspect(thread.getId(), where, stepped == null ? "" : stepped.transformAtWork());
    }

    @Override
    public void run() {
      try {
        stepToTheEnd();
      } catch (Throwable e) {
        fail(e);
      }
      tookLastStep = true;
      // The thread is remembered for a while after its end; what it has used must not be.
      thread.setContextClassLoader(null);
      try {
        task.ended();
      } catch (Throwable e) {
        silent(e);
      }
      task = null;
    }

    private void fail(Throwable escaped) {
      try {
        if (isHeapExhaustedBy(escaped)) {
          task.giveUp();
        }
        task.died(escaped);
      } catch (Throwable e) {
        silent(e);
      }
    }

    /** It could not report its failure or its end; without memory even this may fail. */
    private void silent(Throwable why) {
      try {
        heap.lost(why, where);
        Thrown.log(LOG, "{} could not report how it ended", where, why);
      } catch (Throwable e) {
        // If it is for want of memory, its job is ended by others.
        return;
      }
    }

    private void stepToTheEnd() {
      int idle = 0;
      while (true) {
        takeSignal();
        restedInStep = false;
        if (heap.isExhausted()) {
          task.giveUp();
        }
        Step step = task.step();
        if (step == Step.FINISHED) {
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
    public boolean isHeapExhaustedBy(Throwable thrown) {
      return heap.isExhaustedBy(thrown, where, task.transformAtWork());
    }

    @Override
    public List<StackTraceElement> whereabouts() {
      return List.of(thread.getStackTrace());
    }

    @Override
    public void rest() {
      restedInStep = true;
      if (heap.isExhausted()) {
        // The caller looks again, and finds that it was asked to stop.
        task.giveUp();
        return;
      }
      park(Long.MAX_VALUE);
      takeSignal();
    }
  }
}
