package dev.sluice.runner;

import dev.sluice.protocol.world.Clock;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.SplittableRandom;

/**
 * Has each task pause between its first steps, so that checkpoints fall between them even in a job
 * that would otherwise be over at once. For tests of the engine.
 *
 * <p>As the {@link TaskRunner} that it decorates, which has the threads.
 */
final class PacedTasks implements TaskRunner {
  private static final int PACED_STEPS = 16;
  private static final long LONGEST_PAUSE_NANOS = 15_000_000;

  private final TaskRunner tasks;
  private final Clock clock;
  private final long seed;

  PacedTasks(TaskRunner tasks, Clock clock, long seed) {
    this.tasks = tasks;
    this.clock = clock;
    this.seed = seed;
  }

  @Override
  public void start(String name, ClassLoader loader, Steppable task) {
    // What comes before is the job's name, another one in each run.
    long taskInJob = name.substring(name.indexOf('/') + 1).hashCode();
    SplittableRandom random = new SplittableRandom(seed ^ (taskInJob << 32));
    tasks.start(name, loader, new Paced(task, clock, random));
  }

  /** One task. Its own thread's, but for the handle that it passes on. */
  private static final class Paced implements Steppable {
    private final Steppable task;
    private final Clock clock;
    private final SplittableRandom random;
    private int pausesLeft = PACED_STEPS;
    private long goOnNanos;
    private boolean paused;

    Paced(Steppable task, Clock clock, SplittableRandom random) {
      this.task = task;
      this.clock = clock;
      this.random = random;
      this.goOnNanos = clock.nanoTime();
    }

    @Override
    public void started(Handle handle) {
      task.started(handle);
    }

    @Override
    public int callDepth() {
      return task.callDepth();
    }

    @Override
    public Step step() {
      paused = goOnNanos - clock.nanoTime() > 0;
      if (paused) {
        return Step.NEEDS_TIMER;
      }
      Step step = task.step();
      if (step == Step.WORKED && pausesLeft > 0) {
        pausesLeft--;
        goOnNanos = clock.nanoTime() + random.nextLong(LONGEST_PAUSE_NANOS);
      }
      return step;
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
      task.died(escaped);
    }

    @Override
    public long wakeAtNanos() {
      // By what the step did: the task has not seen what it was woken for if it was not stepped.
      return paused ? goOnNanos : task.wakeAtNanos();
    }

    @Override
    public void ended() {
      task.ended();
    }
  }
}
