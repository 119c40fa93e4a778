package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.checkpoint.ClaimRefusedException;
import dev.sluice.state.error.CheckpointException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job resumes exactly where it left off: after a failure, under its name, and from a savepoint.
 */
final class RecoveryTest {
  @TempDir Path temp;
  private String name;
  private Counting counting;
  private SluicePipelineResult running;

  @BeforeEach
  void name(TestInfo test) {
    name = test.getDisplayName();
    counting = Counting.named(name);
  }

  @AfterEach
  void nothingIsCountedTwiceOrNotAtAll() {
    if (running != null && !running.getState().isTerminal()) {
      running.cancel();
    }
    assertThat(counting.wrong()).isEmpty();
  }

  private SluicePipelineOptions options(String... more) {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(more).as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName("counting");
    if (options.getCheckpointIntervalMs() == 10_000) {
      options.setCheckpointIntervalMs(50);
    }
    return options;
  }

  private String storage() {
    return "--checkpointStorage=" + temp.resolve("checkpoints");
  }

  private SluicePipelineResult run(String... more) {
    running = (SluicePipelineResult) Counting.addTo(Pipeline.create(options(more)), name).run();
    return running;
  }

  @Test
  void aJobThatFailsGoesBackToItsLastCheckpoint() throws InterruptedException {
    run("--parallelism=2");
    counting.awaitNumber(20_000);
    counting.failOnceAt(0);
    counting.awaitNumber(counting.greatest() + 20_000);
    assertThat(running.getState()).isEqualTo(State.RUNNING);
  }

  @Test
  void aJobOfTheSameNameGoesOnWithAnotherParallelism() throws InterruptedException {
    long until = 0;
    for (String parallelism : List.of("--parallelism=2", "--parallelism=3", "--parallelism=1")) {
      run(storage(), parallelism);
      until += 15_000;
      counting.awaitNumber(until);
      running.cancel();
    }
    run(storage(), "--fresh", "--parallelism=2");
    counting.awaitNumber(counting.greatest() + 1);
  }

  @Test
  void aJobSaysWhatItBeginsWith() throws InterruptedException {
    Queue<String> told = new ConcurrentLinkedQueue<>();
    SluiceRunner.watchJobs(told::add);
    run(storage());
    counting.awaitNumber(5_000);
    running.savepoint(temp.resolve("savepoint").toString());
    running.cancel();
    assertThat(told).filteredOn(line -> line.contains(temp.toString())).isEmpty();
    run(storage());
    counting.awaitNumber(counting.greatest() + 1_000);
    running.cancel();
    assertThat(told)
        .filteredOn(line -> line.contains(temp.toString()))
        .singleElement()
        .asString()
        .matches(
            "job counting resumes from checkpoint \\d+ of \\S+Z \\(\\S+ bytes\\), \\d+ s old in"
                + " .*");
    run(storage(), "--fresh");
    assertThat(told)
        .filteredOn(line -> line.contains("starts over"))
        .singleElement()
        .asString()
        .matches("job counting starts over and leaves checkpoint \\d+ of \\S+Z .* behind");
  }

  @Test
  void aSavepointIsGoneOnFromByAnotherJob() throws InterruptedException {
    Path savepoint = temp.resolve("savepoint");
    run("--parallelism=2");
    counting.awaitNumber(10_000);
    assertThat(running.stopWithSavepoint(savepoint.toString())).isEqualTo(State.CANCELLED);
    long stopped = counting.greatest();
    for (String parallelism : List.of("--parallelism=2", "--parallelism=4")) {
      run("--fromSavepoint=" + savepoint, parallelism);
      counting.awaitNumber(stopped + 10_000);
      running.cancel();
    }
  }

  @Test
  void aSavepointWhileTheJobGoesOn() throws InterruptedException {
    Path savepoint = temp.resolve("savepoint");
    run("--parallelism=2");
    counting.awaitNumber(5_000);
    running.savepoint(savepoint.toString());
    counting.awaitNumber(counting.greatest() + 5_000);
    assertThatThrownBy(() -> running.savepoint(savepoint.toString()))
        .hasMessageContaining("there is a savepoint in");
    assertThat(running.getState()).isEqualTo(State.RUNNING);
    running.cancel();
    run("--fromSavepoint=" + savepoint);
    counting.awaitNumber(counting.greatest() + 5_000);
  }

  @Test
  void drainEndsTheJob() throws InterruptedException {
    run(storage());
    counting.awaitNumber(1_000);
    assertThat(running.drain()).isEqualTo(State.DONE);
    long drained = counting.greatest();
    assertThat(drained).isPositive();
    run(storage());
    counting.awaitNumber(drained + 1);
  }

  @Test
  void aSecondJobOfTheNameIsRefused() throws InterruptedException {
    run(storage());
    counting.awaitNumber(1);
    assertThatThrownBy(() -> Counting.addTo(Pipeline.create(options(storage())), name).run())
        .isInstanceOf(ClaimRefusedException.class)
        .hasMessageContaining("process " + ProcessHandle.current().pid());
  }

  @Test
  void aDamagedCheckpointIsPassedOver() throws Exception {
    run(storage());
    counting.awaitNumber(20_000);
    running.cancel();
    damage(newest("chk-"));
    run(storage());
    counting.awaitNumber(counting.greatest() + 5_000);
  }

  @Test
  void aCheckpointWithADamagedSegmentIsPassedOver() throws Exception {
    run(storage());
    counting.awaitNumber(20_000);
    running.cancel();
    damage(newest("e"));
    run(storage());
    counting.awaitNumber(counting.greatest() + 5_000);
  }

  private Path newest(String prefix) throws IOException {
    try (Stream<Path> files = Files.walk(temp)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .max(java.util.Comparator.comparing(file -> file.toFile().lastModified()))
          .orElseThrow();
    }
  }

  private static void damage(Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(bytes.length() / 2);
      int old = bytes.read();
      bytes.seek(bytes.length() / 2);
      bytes.write(old ^ 1);
    }
  }

  @Test
  void aPipelineThatDoesNotFitIsRefusedWithEachDifference() throws InterruptedException {
    Path savepoint = temp.resolve("savepoint");
    run();
    counting.awaitNumber(1_000);
    running.stopWithSavepoint(savepoint.toString());
    Pipeline other = Pipeline.create(options("--fromSavepoint=" + savepoint));
    other.apply("other", GenerateSequence.from(0).withRate(1, Duration.millis(1)));
    assertThatThrownBy(other::run)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'count/ParMultiDo(Count)' is gone")
        .hasMessageContaining("--allowDropState");
  }

  @Test
  void transformsGoOnUnderNewNames() throws InterruptedException {
    run(storage());
    counting.awaitNumber(5_000);
    running.cancel();
    String[] renamed = {
      storage(), "--transformNameMapping={\"numbers\":\"source\",\"count\":\"tally\"}"
    };
    for (int start = 0; start < 2; start++) {
      // The second time the checkpoint has the new names already.
      Pipeline pipeline = Pipeline.create(options(renamed));
      running = (SluicePipelineResult) Counting.addTo(pipeline, name, "source", "tally").run();
      counting.awaitNumber(counting.greatest() + 5_000);
      counting.failOnceAt(0);
      counting.awaitNumber(counting.greatest() + 5_000);
      running.savepoint(temp.resolve("savepoint-" + start).toString());
      running.cancel();
    }
    assertThatThrownBy(() -> run(storage()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'tally/ParMultiDo(Count)' is gone");
  }

  @Test
  void whatIsNoSavepointIsRefused() {
    Pipeline pipeline = Pipeline.create(options("--fromSavepoint=" + temp));
    assertThatThrownBy(() -> Counting.addTo(pipeline, name).run())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("no savepoint in");
  }
}
