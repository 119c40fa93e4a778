package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.world.HeapWatch;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.SystemClock;
import dev.sluice.worker.world.TaskRunner;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EscapesTest {
  private final TaskThreads threads = new TaskThreads(new SystemClock(), HeapWatch.NONE);

  /** Throws when it is asked for something, and notes what it is told. */
  private static final class Throwing implements TaskRunner.Steppable {
    private final String where;
    final List<Object> told = new ArrayList<>();

    Throwing(String where) {
      this.where = where;
    }

    private void at(String place) {
      if (place.equals(where)) {
        throw new ThreadDeath();
      }
    }

    @Override
    public void started(TaskRunner.Handle handle) {}

    @Override
    public int callDepth() {
      return 0;
    }

    @Override
    public Step step() {
      at("step");
      return where.equals("ended") ? Step.FINISHED : Step.NEEDS_INPUT;
    }

    @Override
    public void died(Throwable escaped) {
      told.add(escaped.getClass());
    }

    @Override
    public long wakeAtNanos() {
      at("wakeAtNanos");
      return Long.MAX_VALUE;
    }

    @Override
    public void ended() {
      told.add("ended");
      at("ended");
    }
  }

  private List<Object> told(String where) throws InterruptedException {
    Throwing task = new Throwing(where);
    threads.start(where, getClass().getClassLoader(), task);
    assertThat(threads.awaitEnded(10_000)).isTrue();
    return task.told;
  }

  @Test
  void whatEscapesIsToldToTheTaskBeforeItsEnd() throws InterruptedException {
    assertThat(told("step")).containsExactly(ThreadDeath.class, "ended");
    assertThat(told("wakeAtNanos")).containsExactly(ThreadDeath.class, "ended");
  }

  @Test
  void aThreadEndsAlsoIfItsEndCannotBeTold() throws InterruptedException {
    assertThat(told("ended")).containsExactly("ended");
  }
}
