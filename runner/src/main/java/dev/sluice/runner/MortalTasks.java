package dev.sluice.runner;

import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tasks of a worker that can be killed: none takes another step from then on, so nothing is
 * finished, torn down or reported. For tests of the engine.
 *
 * <p>As the {@link TaskRunner} that it decorates, which has the threads; {@link #kill} by any
 * thread. A step that is under way is taken to its end, for a thread cannot be killed.
 */
final class MortalTasks implements TaskRunner {
  private final TaskRunner tasks;
  private final Set<Mortal> alive = ConcurrentHashMap.newKeySet();
  private volatile boolean dead;

  MortalTasks(TaskRunner tasks) {
    this.tasks = tasks;
  }

  @Override
  public void start(String name, ClassLoader loader, Steppable task) {
    tasks.start(name, loader, new Mortal(task));
  }

  /** Whether every task has taken its last step: what they have used can be closed. */
  boolean haveEnded() {
    return alive.isEmpty();
  }

  /** Kills all that have been started, and all that will be. */
  void kill() {
    dead = true;
    alive.forEach(task -> task.handle.wake());
  }

  /** What a step dies of that would wait for room in the channel to another dead task. */
  private static final class KilledError extends Error {
    private static final long serialVersionUID = 1;

    KilledError() {
      super("the worker was killed", null, false, false);
    }
  }

  /** One task. Its own thread's, but for the handle. */
  private final class Mortal implements Steppable, Handle {
    private final Steppable task;
    private volatile Handle handle;

    Mortal(Steppable task) {
      this.task = task;
    }

    @Override
    public void started(Handle given) {
      handle = given;
      alive.add(this);
      task.started(this);
    }

    @Override
    public int callDepth() {
      return task.callDepth();
    }

    @Override
    public Step step() {
      return dead ? Step.FINISHED : task.step();
    }

    @Override
    public void giveUp() {
      task.giveUp();
    }

    @Override
    public String transformAtWork() {
      return task.transformAtWork();
    }

    @Override
    public void died(Throwable escaped) {
      if (!dead) {
        task.died(escaped);
      }
    }

    @Override
    public long wakeAtNanos() {
      return task.wakeAtNanos();
    }

    @Override
    public void ended() {
      alive.remove(this);
      if (!dead) {
        task.ended();
      }
    }

    @Override
    public void wake() {
      handle.wake();
    }

    @Override
    public void interrupt() {
      handle.interrupt();
    }

    @Override
    public boolean isHeapExhaustedBy(Throwable thrown) {
      return handle.isHeapExhaustedBy(thrown);
    }

    @Override
    public List<StackTraceElement> whereabouts() {
      return handle.whereabouts();
    }

    @Override
    public void rest() {
      if (!dead) {
        handle.rest();
      }
      if (dead) {
        throw new KilledError();
      }
    }
  }
}
