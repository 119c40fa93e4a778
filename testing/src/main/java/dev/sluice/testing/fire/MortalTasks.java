package dev.sluice.testing.fire;

import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tasks of a worker that can be killed: none takes another step from then on, so nothing is
 * finished, torn down or reported.
 *
 * <p>As the {@link TaskRunner} that it decorates, which has the threads; {@link #kill} by any
 * thread. A step that has begun is completed, for a thread cannot be killed.
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
  private final class Mortal extends ForwardingTask implements Handle {
    private volatile Handle handle;

    Mortal(Steppable task) {
      super(task);
    }

    @Override
    public void started(Handle given) {
      handle = given;
      alive.add(this);
      super.started(this);
    }

    @Override
    public Step step() {
      return dead ? Step.FINISHED : super.step();
    }

    @Override
    public void died(Throwable escaped) {
      if (!dead) {
        super.died(escaped);
      }
    }

    @Override
    public void ended() {
      alive.remove(this);
      if (!dead) {
        super.ended();
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
