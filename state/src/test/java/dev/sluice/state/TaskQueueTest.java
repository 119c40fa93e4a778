package dev.sluice.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues against a plain one, through barriers and restarts. */
class TaskQueueTest {
  private static final int STEPS = 5_000;

  private TaskQueue<Long> queue;

  private void makeQueue(StateFixture fixture) {
    queue =
        fixture.task.queue(
            "ParDo", "waiting", VarLongCoder.of(), element -> (int) (element * 31 % 256));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void givesBackTheVeryOrderOverAllGroupsAfterARestart(long seed) {
    Random random = new Random(seed);
    LoggedTask logged = new LoggedTask(null).atStart(this::makeQueue);
    logged.start();
    ArrayDeque<Long> model = new ArrayDeque<>();
    for (int step = 0; step < STEPS; step++) {
      int what = random.nextInt(100);
      if (what < 2) {
        logged.barrier();
      } else if (what < 20) {
        logged.logSome();
      } else if (what == 20 && random.nextInt(4) == 0) {
        logged.restart();
      } else if (what < 65 || model.isEmpty()) {
        long element = random.nextInt(1000);
        queue.append(element);
        model.add(element);
      } else {
        assertThat(queue.take()).as("seed %d, step %d", seed, step).isEqualTo(model.remove());
      }
      assertThat(queue.size()).isEqualTo(model.size());
    }
    List<Long> shown = new ArrayList<>();
    queue.forEach(shown::add);
    assertThat(shown).isEqualTo(List.copyOf(model));
    while (!queue.isEmpty()) {
      assertThat(queue.take()).isEqualTo(model.remove());
    }
    logged.restart();
    assertThat(queue.isEmpty()).isTrue();
  }
}
