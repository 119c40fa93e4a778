package dev.sluice.testing.fire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.world.Clock;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import org.junit.jupiter.api.Test;

/** A task that pauses between its steps misses nothing that it is woken for. */
final class PacedTasksTest implements Clock {
  private static final long PAUSE_IS_OVER = 1_000_000_000;

  private long nanos;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long nowMs() {
    return 0;
  }

  @Test
  void aPauseThatEndsRightAfterAStepIsFollowedByAnotherStep() {
    Worked task = new Worked();
    Started started = new Started();
    new PacedTasks(started, this, 1).start("task:job/s/0", null, task);

    assertThat(started.paced.step()).isEqualTo(Step.WORKED);
    assertThat(started.paced.step()).isEqualTo(Step.NEEDS_TIMER);
    assertThat(task.steps).isEqualTo(1);
    nanos = PAUSE_IS_OVER;
    assertThat(started.paced.wakeAtNanos()).isLessThan(PAUSE_IS_OVER);
    started.paced.step();
    assertThat(task.steps).isEqualTo(2);
  }

  /** Keeps what it is to start. */
  private static final class Started implements TaskRunner {
    Steppable paced;

    @Override
    public void start(String name, ClassLoader loader, Steppable task) {
      paced = task;
    }
  }

  /** Works in each step, and never wants to be stepped again by itself. */
  private static final class Worked implements TaskRunner.Steppable {
    int steps;

    @Override
    public void started(TaskRunner.Handle handle) {}

    @Override
    public int callDepth() {
      return 0;
    }

    @Override
    public Step step() {
      steps++;
      return Step.WORKED;
    }

    @Override
    public void died(Throwable escaped) {
      throw new AssertionError(escaped);
    }

    @Override
    public long wakeAtNanos() {
      return Long.MAX_VALUE;
    }

    @Override
    public void ended() {}
  }
}
