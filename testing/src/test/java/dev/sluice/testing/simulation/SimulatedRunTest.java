package dev.sluice.testing.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random pipelines in random orders of events: always the model's answer, and always the same from
 * the same seed.
 */
final class SimulatedRunTest {
  private static final int SEEDS = 300;
  private static final int SEEDS_UNDER_FIRE = 1_000;

  @Test
  void randomPipelinesGiveTheModelsAnswer() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimulatedRun.check(seed);
    }
  }

  /**
   * The same while processes crash, control messages get lost, clocks jump and the storage fails:
   * still exactly the model's answer.
   */
  @Test
  void randomPipelinesGiveTheModelsAnswerUnderFire() {
    for (long seed = 1; seed <= SEEDS_UNDER_FIRE; seed++) {
      SimulatedRun.checkUnderFire(seed);
    }
  }

  /**
   * The same with a day from one periodic checkpoint to the next: a task whose input has ended and
   * that waits for a checkpoint gets it at once, and not one more than it needs.
   */
  @Test
  void noPipelineWaitsForAPeriodicCheckpoint() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimulatedRun.checkWithRareCheckpoints(seed);
      SimulatedRun.checkWithRareCheckpointsUnderFire(seed);
    }
  }

  /** Seeds that once failed. */
  @ParameterizedTest
  @ValueSource(longs = {1})
  void seedsThatOnceFailed(long seed) {
    SimulatedRun.check(seed);
    SimulatedRun.checkUnderFire(seed);
  }

  @Test
  void aSeedReplaysExactlyInAnotherJvm() throws IOException, InterruptedException {
    List<String> here =
        LongStream.rangeClosed(1, 20).mapToObj(seed -> "" + SimulatedRun.check(seed)).toList();
    assertThat(inAnotherJvm("1", "20")).isEqualTo(here);
  }

  @Test
  void aSeedReplaysExactlyInAnotherJvmUnderFire() throws IOException, InterruptedException {
    List<String> here =
        LongStream.rangeClosed(1, 20)
            .mapToObj(seed -> "" + SimulatedRun.checkUnderFire(seed))
            .toList();
    assertThat(inAnotherJvm("1", "20", "fire")).isEqualTo(here);
  }

  private static List<String> inAnotherJvm(String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(SimulatedRun.class.getName());
    command.addAll(List.of(arguments));
    Process other =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String there = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(other.waitFor(5, TimeUnit.MINUTES)).isTrue();
    return there.lines().toList();
  }

  @Test
  void aStallIsFoundAndNamesTheSeed() {
    assertThatThrownBy(() -> Simulation.seed(42).runUntil(() -> false, 100))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 42");
  }
}
