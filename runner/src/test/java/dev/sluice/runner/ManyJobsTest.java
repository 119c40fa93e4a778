package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that fails again and again takes none of its neighbours down. */
final class ManyJobsTest {
  private static final int NEIGHBOURS = 19;
  private static final long NUMBERS = 5_000;
  private static final CountDownLatch FAILURES = new CountDownLatch(5);

  @TempDir Path temp;

  private SluicePipelineOptions options(String job, String... more) {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(more).as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName(job);
    options.setCheckpointIntervalMs(100);
    options.setParallelism(1);
    return options;
  }

  @Test
  void twentyJobsOfWhichOneFailsInALoop() throws InterruptedException {
    Pipeline failing =
        Pipeline.create(
            options(
                "failing",
                "--checkpointStorage=" + temp.resolve("checkpoints"),
                "--restartAttempts=1000"));
    failing
        .apply("numbers", GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply("fail", ParDo.of(new FailFn()));
    SluicePipelineResult failingJob = (SluicePipelineResult) failing.run();
    List<SluicePipelineResult> neighbours = new ArrayList<>();
    for (int i = 0; i < NEIGHBOURS; i++) {
      String name = "neighbour-" + i;
      neighbours.add(
          (SluicePipelineResult) Counting.addTo(Pipeline.create(options(name)), name).run());
    }

    for (int i = 0; i < NEIGHBOURS; i++) {
      Counting.named("neighbour-" + i).awaitNumber(NUMBERS);
    }
    assertThat(FAILURES.await(60, TimeUnit.SECONDS)).isTrue();

    assertThat(failingJob.getState()).isEqualTo(State.RUNNING);
    for (int i = 0; i < NEIGHBOURS; i++) {
      Counting neighbour = Counting.named("neighbour-" + i);
      neighbour.awaitNumber(neighbour.greatest() + NUMBERS);
      assertThat(neighbours.get(i).getState()).isEqualTo(State.RUNNING);
      assertThat(neighbour.wrong()).isEmpty();
      neighbours.get(i).cancel();
    }
    failingJob.cancel();
  }

  private static final class FailFn extends DoFn<Long, Void> {
    @ProcessElement
    public void process() {
      FAILURES.countDown();
      throw new IllegalStateException("fails always");
    }
  }
}
