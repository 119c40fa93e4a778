package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.error.CheckpointException;
import dev.sluice.storage.s3server.S3Server;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs whose checkpoints are in buckets. */
final class S3RecoveryTest {
  private final List<SluicePipelineResult> running = new ArrayList<>();
  private final List<Counting> countings = new ArrayList<>();

  @AfterEach
  void nothingIsCountedTwiceOrNotAtAll() {
    for (SluicePipelineResult result : running) {
      if (!result.getState().isTerminal()) {
        result.cancel();
      }
    }
    assertThat(countings).allSatisfy(counting -> assertThat(counting.wrong()).isEmpty());
  }

  private static Pipeline pipeline(String name, S3Server server, String... more) {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(more).as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName("counting");
    options.setCheckpointIntervalMs(100);
    options.setParallelism(2);
    options.setCheckpointStorage("s3://bucket/checkpoints");
    options.setS3Endpoint(server.endpoint());
    return Counting.addTo(Pipeline.create(options), name);
  }

  private SluicePipelineResult run(String name, S3Server server, String... more) {
    countings.add(Counting.named(name));
    running.add((SluicePipelineResult) pipeline(name, server, more).run());
    return running.get(running.size() - 1);
  }

  @Test
  void twoJobsOfOneNameInTwoServicesGoOnWhereEachWas() throws Exception {
    try (S3Server one = new S3Server("bucket");
        S3Server other = new S3Server("bucket")) {
      SluicePipelineResult first = run("s3-one", one);
      SluicePipelineResult second = run("s3-other", other);
      Counting.named("s3-one").awaitNumber(10_000);
      Counting.named("s3-other").awaitNumber(10_000);
      first.cancel();
      second.cancel();
      run("s3-one", one);
      run("s3-other", other);
      Counting.named("s3-one").awaitNumber(30_000);
      Counting.named("s3-other").awaitNumber(30_000);
      running.forEach(SluicePipelineResult::cancel);
    }
  }

  @Test
  void whoClaimsLaterTakesOver() throws Exception {
    try (S3Server server = new S3Server("bucket")) {
      SluicePipelineResult first = run("s3-first", server);
      Counting.named("s3-first").awaitNumber(5_000);
      SluicePipelineResult second = run("s3-second", server);
      assertThatThrownBy(first::waitUntilFinish).hasStackTraceContaining("were taken over by");
      assertThat(first.getState()).isEqualTo(State.FAILED);
      Counting.named("s3-second").awaitNumber(Counting.named("s3-second").greatest() + 10_000);
      second.cancel();
    }
  }

  @Test
  void aSavepointInABucket() throws Exception {
    try (S3Server server = new S3Server("bucket")) {
      SluicePipelineResult first = run("s3-savepoint", server);
      Counting.named("s3-savepoint").awaitNumber(5_000);
      first.stopWithSavepoint("s3://bucket/kept");
      long stopped = Counting.named("s3-savepoint").greatest();
      SluicePipelineResult second = run("s3-savepoint", server, "--fromSavepoint=s3://bucket/kept");
      Counting.named("s3-savepoint").awaitNumber(stopped + 10_000);
      second.cancel();
    }
  }

  @Test
  void aBucketThatIsNotThereIsFoundBeforeTheJobStarts() throws Exception {
    try (S3Server server = new S3Server("another")) {
      Pipeline pipeline = pipeline("s3-none", server);
      assertThatThrownBy(pipeline::run)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("option --checkpointStorage: s3://bucket/checkpoints")
          .hasMessageContaining("make the bucket bucket first");
    }
  }
}
