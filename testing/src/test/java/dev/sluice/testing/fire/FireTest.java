package dev.sluice.testing.fire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.runner.JobWatch;
import dev.sluice.runner.SluiceRunner;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job under fire: its worker is killed, not stopped. */
@Timeout(60)
class FireTest {
  /** For a job of this name. */
  private static final long AFTER_TWO_CHECKPOINTS = 2;

  private static final AtomicInteger SET_UP = new AtomicInteger();
  private static final AtomicInteger TORN_DOWN = new AtomicInteger();

  static final class Counted extends DoFn<Long, Long> {
    @Setup
    public void setup() {
      SET_UP.incrementAndGet();
    }

    @ProcessElement
    public void process(@Element Long n, OutputReceiver<Long> out) {
      out.output(n);
    }

    @Teardown
    public void teardown() {
      TORN_DOWN.incrementAndGet();
    }
  }

  @Test
  void withoutASeedThereIsNoFire() {
    PipelineOptions options = PipelineOptionsFactory.create();
    assertThatThrownBy(() -> FireSluiceRunner.fromOptions(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("getCrashSeed");
  }

  @Test
  void theWorkerThatAJobLosesTearsNothingDownAndTheJobIsRightAfterIt() {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(
                    "--runner=FireSluiceRunner",
                    "--streaming=true",
                    "--checkpointIntervalMs=50",
                    "--restartAttempts=1",
                    "--appName=FireTest",
                    "--crashSeed=" + AFTER_TWO_CHECKPOINTS)
                .create());
    PAssert.that(
            pipeline
                .apply(GenerateSequence.from(0).to(10).withRate(1, Duration.millis(150)))
                .apply("counted", ParDo.of(new Counted())))
        .containsInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    JobWatch jobs = SluiceRunner.watchJobs(beginning -> {});

    pipeline.run().waitUntilFinish();

    assertThat(jobs.restarted()).isEqualTo(1);
    assertThat(TORN_DOWN).hasPositiveValue();
    assertThat(SET_UP.get()).isGreaterThan(TORN_DOWN.get());
  }
}
