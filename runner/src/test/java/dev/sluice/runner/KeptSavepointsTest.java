package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.beam.sdk.PipelineResult.State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Savepoints that earlier versions have written, one for each version of the format: this one goes
 * on from each of them, exactly where it was. They are never written anew.
 */
final class KeptSavepointsTest {
  private static final long SAVED_AT_LEAST = 20_000;

  static Stream<Path> savepoints() throws IOException, URISyntaxException {
    Path all = Path.of(KeptSavepointsTest.class.getResource("/savepoints").toURI());
    try (Stream<Path> versions = Files.list(all)) {
      return versions.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("savepoints")
  void isGoneOnFrom(Path savepoint) throws InterruptedException {
    for (String parallelism : new String[] {"--parallelism=2", "--parallelism=3"}) {
      KeptPipeline.FIRST.set(Long.MAX_VALUE);
      KeptPipeline.FIRST_WINDOW.set(Long.MAX_VALUE);
      SluicePipelineResult job = KeptPipeline.run("--fromSavepoint=" + savepoint, parallelism);
      KeptPipeline.awaitNumber(2 * SAVED_AT_LEAST);
      KeptPipeline.awaitWindow();
      assertThat(job.getState()).isEqualTo(State.RUNNING);
      job.cancel();
      assertThat(KeptPipeline.WRONG).isEmpty();
      assertThat(KeptPipeline.FIRST.get()).isGreaterThan(SAVED_AT_LEAST);
      assertThat(KeptPipeline.FIRST_WINDOW.get())
          .as("a window that was open when the savepoint was taken")
          .isLessThan(KeptPipeline.FIRST.get());
    }
  }
}
