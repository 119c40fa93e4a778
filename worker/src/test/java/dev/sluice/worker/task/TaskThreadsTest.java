package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.world.HeapWatch;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.SystemClock;
import dev.sluice.worker.world.TaskRunner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TaskThreadsTest {
  /** More frames than a stack of 1 MB has, compiled or not. */
  private static final int FRAMES = 60_000;

  /** Calls itself in its only step. */
  private static final class Recursing implements TaskRunner.Steppable {
    final CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    private final int callDepth;

    Recursing(int callDepth) {
      this.callDepth = callDepth;
    }

    @Override
    public void started(TaskRunner.Handle handle) {}

    @Override
    public int callDepth() {
      return callDepth;
    }

    @Override
    public Step step() {
      try {
        assertThat(descend(FRAMES)).isEqualTo(FRAMES);
        outcome.complete(null);
      } catch (Throwable e) {
        outcome.complete(e);
      }
      return Step.FINISHED;
    }

    private static int descend(int frames) {
      return frames == 0 ? 0 : 1 + descend(frames - 1);
    }

    @Override
    public void died(Throwable escaped) {
      outcome.complete(escaped);
    }

    @Override
    public long wakeAtNanos() {
      return Long.MAX_VALUE;
    }

    @Override
    public void ended() {}
  }

  @Test
  void aThreadHasAStackByTheDepthOfItsStage() throws Exception {
    TaskThreads threads = new TaskThreads(new SystemClock(), HeapWatch.NONE);
    Recursing deep = new Recursing(250);

    threads.start("task:deep", getClass().getClassLoader(), deep);

    assertThat(deep.outcome.get(1, TimeUnit.MINUTES)).isNull();
    assertThat(TaskStack.bytesFor(0)).isLessThanOrEqualTo(TaskStack.bytesFor(250) - (7 << 20));
  }

  @Test
  void threadsThatHaveEndedAreForgottenAsOthersStart() throws Exception {
    TaskThreads threads = new TaskThreads(new SystemClock(), HeapWatch.NONE);
    for (int i = 0; i < 1_000; i++) {
      threads.start("task:" + i, getClass().getClassLoader(), new Recursing(250));
      assertThat(threads.awaitEnded(TimeUnit.MINUTES.toMillis(1))).isTrue();
    }
    assertThat(threads.remembered()).isLessThan(100);
  }
}
