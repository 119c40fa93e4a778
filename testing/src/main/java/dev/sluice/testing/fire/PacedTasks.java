package dev.sluice.testing.fire;

import dev.sluice.protocol.world.Clock;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.SplittableRandom;

/**
 * Has each task pause between its first steps, so that checkpoints fall between them even in a job
 * that would otherwise be over at once.
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
  private static final class Paced extends ForwardingTask {
    private final Clock clock;
    private final SplittableRandom random;
    private int pausesLeft = PACED_STEPS;
    private long resumeNanos;
    private boolean paused;

    Paced(Steppable task, Clock clock, SplittableRandom random) {
      super(task);
      this.clock = clock;
      this.random = random;
      this.resumeNanos = clock.nanoTime();
    }

    @Override
    public Step step() {
      paused = resumeNanos - clock.nanoTime() > 0;
      if (paused) {
        return Step.NEEDS_TIMER;
      }
      Step step = super.step();
      if (step == Step.WORKED && pausesLeft > 0) {
        pausesLeft--;
        resumeNanos = clock.nanoTime() + random.nextLong(LONGEST_PAUSE_NANOS);
      }
      return step;
    }

    @Override
    public long wakeAtNanos() {
      // By what the step did: the task has not seen what it was woken for if it was not stepped.
      return paused ? resumeNanos : super.wakeAtNanos();
    }
  }
}
