package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SluiceRunnerTest {

  @Test
  void runsAPipelineThatNamesTheRunnerAlone() {
    Pipeline pipeline = Pipelines.create();
    PAssert.that(pipeline.apply(Create.of("a", "b", "a")).apply(Count.globally()))
        .containsInAnyOrder(3L);

    PipelineResult result = pipeline.run();

    assertThat(result).isInstanceOf(SluicePipelineResult.class);
    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(result.getState()).isEqualTo(State.DONE);
  }

  @Test
  void whatTheEngineIsTestedWithIsNoOptionOfUsers() {
    assertThatThrownBy(() -> PipelineOptionsFactory.fromArgs("--crashSeed=1").create())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("crashSeed");
  }

  @Test
  void anElementAtTheEndOfTimeIsRefusedAndNamesTheTransform() {
    Pipeline pipeline = Pipelines.create();
    pipeline
        .apply(
            "Late", Create.timestamped(TimestampedValue.of("a", BoundedWindow.TIMESTAMP_MAX_VALUE)))
        .apply(Window.into(SlidingWindows.of(Duration.standardMinutes(1))))
        .apply(Count.perElement());
    PipelineResult result = pipeline.run();

    assertThatThrownBy(result::waitUntilFinish)
        .isInstanceOf(PipelineExecutionException.class)
        .hasMessageContaining("transform 'Late/")
        .hasMessageContaining("elements must be before the end of time");
  }

  @Test
  void runsAPipelineWithoutTransforms() {
    assertThat(Pipelines.create().run().waitUntilFinish()).isEqualTo(State.DONE);
  }

  @Test
  void aFailureIsTheUsersOwnExceptionAndNamesTheTransform() {
    PipelineResult result = Pipelines.failing().run();

    assertThatThrownBy(result::waitUntilFinish)
        .isInstanceOf(PipelineExecutionException.class)
        .hasMessageContaining("Refuse")
        .cause()
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("two is refused");
    assertThat(result.getState()).isEqualTo(State.FAILED);
  }

  @Test
  void anAssertionThatDoesNotHoldIsTheCause() {
    Pipeline pipeline = Pipelines.create();
    PAssert.that(pipeline.apply(Create.of(1, 2))).containsInAnyOrder(1, 3);
    PipelineResult result = pipeline.run();

    assertThatThrownBy(result::waitUntilFinish)
        .isInstanceOf(PipelineExecutionException.class)
        .hasCauseInstanceOf(AssertionError.class);
  }

  @Test
  void theTestRunnerWaitsAndThrows() {
    Pipeline pipeline = Pipelines.failing();
    pipeline.getOptions().setRunner(TestSluiceRunner.class);

    assertThatThrownBy(pipeline::run).hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void anEndlessPipelineRunsUntilItIsCancelled() throws Exception {
    PipelineResult result = Pipelines.endless().run();

    assertThat(result.waitUntilFinish(Duration.millis(50))).isNull();
    assertThat(result.getState()).isEqualTo(State.RUNNING);
    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
    assertThat(result.getState()).isEqualTo(State.CANCELLED);
    assertThat(result.waitUntilFinish()).isEqualTo(State.CANCELLED);
    assertThat(result.cancel()).as("once more").isEqualTo(State.CANCELLED);
  }

  @Test
  void userCodeThatBlocksIsInterruptedWhenThePipelineIsCancelled() throws Exception {
    Pipeline pipeline = Pipelines.create();
    pipeline.apply(Create.of(1L)).apply("Block", ParDo.of(new BlockFn()));
    PipelineResult result = pipeline.run();

    assertThat(result.waitUntilFinish(Duration.millis(50))).isNull();
    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
  }

  private static final class BlockFn extends DoFn<Long, Long> {
    @ProcessElement
    public void process() throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }

  @Test
  void aSourceThatBlocksWhileItIsSplitIsInterruptedWhenThePipelineIsCancelled() throws Exception {
    Pipeline pipeline = Pipelines.create();
    pipeline.apply(Read.from(new BlockingSource()));
    PipelineResult result = pipeline.run();

    assertThat(result.waitUntilFinish(Duration.millis(50))).isNull();
    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
  }

  private static final class BlockingSource extends BoundedSource<Integer> {
    @Override
    public List<? extends BoundedSource<Integer>> split(long bytes, PipelineOptions options)
        throws InterruptedException {
      new CountDownLatch(1).await();
      return List.of(this);
    }

    @Override
    public long getEstimatedSizeBytes(PipelineOptions options) {
      return 1;
    }

    @Override
    public BoundedReader<Integer> createReader(PipelineOptions options) {
      throw new UnsupportedOperationException("nobody gets this far");
    }

    @Override
    public Coder<Integer> getOutputCoder() {
      return VarIntCoder.of();
    }
  }

  @Test
  void waitingIsOverWithThePipeline() {
    PipelineResult result = Pipelines.counting().run();
    assertThat(result.waitUntilFinish(Duration.standardSeconds(30))).isEqualTo(State.DONE);
  }

  @Test
  void manyPipelinesRunSideBySideAndOneFails() {
    List<PipelineResult> results = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      results.add(i == 7 ? Pipelines.failing().run() : Pipelines.counting().run());
    }
    for (int i = 0; i < 20; i++) {
      PipelineResult result = results.get(i);
      if (i == 7) {
        assertThatThrownBy(result::waitUntilFinish).hasMessageContaining("two is refused");
      } else {
        assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
      }
    }
  }

  @Test
  void userCodeSeesTheOptions() {
    Pipeline pipeline = Pipelines.create("--appName=seen");
    PAssert.that(pipeline.apply(Create.of(1)).apply(ParDo.of(new AppNameFn())))
        .containsInAnyOrder("seen");
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);
  }

  private static final class AppNameFn extends DoFn<Integer, String> {
    @ProcessElement
    public void process(PipelineOptions options, OutputReceiver<String> out) {
      out.output(options.as(ApplicationNameOptions.class).getAppName());
    }
  }

  @Test
  void anOptionThatCannotBeIsNamed() {
    assertThatThrownBy(() -> Pipelines.create("--parallelism=0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--parallelism must be at least 1, not 0");
    assertThatThrownBy(() -> Pipelines.create("--checkpointIntervalMs=-5"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--checkpointIntervalMs must not be negative, but is -5");
  }

  @Test
  void aPlaceForCheckpointsWithoutANameToFindThemByIsRefused(@TempDir Path storage) {
    Pipeline pipeline = Pipelines.create("--checkpointStorage=" + storage);
    pipeline.apply(Create.of(1));
    assertThat(pipeline.getOptions().getJobName()).as("the name that Beam makes up").isNotEmpty();
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("option --checkpointStorage needs --jobName");
    assertThat(storage).isEmptyDirectory();

    pipeline.getOptions().setJobName("named");
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(storage).isNotEmptyDirectory();
  }

  @Test
  void parallelismDefaultsToTheCores() {
    SluicePipelineOptions options = PipelineOptionsFactory.create().as(SluicePipelineOptions.class);
    assertThat(options.getParallelism()).isEqualTo(-1);
    assertThat(options.getCheckpointIntervalMs()).isEqualTo(10_000);
  }
}
