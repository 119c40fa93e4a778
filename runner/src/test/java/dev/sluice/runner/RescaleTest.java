package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** State that is larger than its memory resumes with more tasks, and with fewer. */
@Timeout(150)
final class RescaleTest {
  @TempDir Path temp;
  private SluicePipelineResult running;

  @AfterEach
  void cancel() {
    if (running != null && !running.getState().isTerminal()) {
      running.cancel();
    }
  }

  @Test
  void stateOfEachKindMovesWithItsKeys() throws InterruptedException {
    RescaledPipeline.Seen seen = RescaledPipeline.SEEN;
    running = RescaledPipeline.run("--parallelism=2");
    seen.awaitNumber(RescaledPipeline.WINDOW * 5L / 4);
    for (int parallelism : new int[] {3, 1}) {
      Path savepoint = temp.resolve("savepoint-" + parallelism);
      running.stopWithSavepoint(savepoint.toString());
      assertThat(seen.wrong()).isEmpty();
      long open = seen.greatest() / RescaledPipeline.WINDOW * RescaledPipeline.WINDOW;
      long waiting =
          seen.greatest() / RescaledPipeline.SHORT_WINDOW * RescaledPipeline.SHORT_WINDOW;
      running =
          RescaledPipeline.run("--fromSavepoint=" + savepoint, "--parallelism=" + parallelism);
      seen.awaitFired("sum", open, RescaledPipeline.KEYS);
      seen.awaitFired("group", open, RescaledPipeline.KEYS);
      seen.awaitFired("waited", waiting, 1);
      seen.awaitNumber(open + RescaledPipeline.WINDOW * 5L / 4);
    }
    running.cancel();
    assertThat(seen.wrong()).isEmpty();
  }
}
