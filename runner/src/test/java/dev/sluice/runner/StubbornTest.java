package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job whose user code ignores that it is told to end. */
@Timeout(60)
class StubbornTest {
  private static final CountDownLatch ENTERED = new CountDownLatch(1);
  private static volatile boolean released;

  private final PrintStream err = System.err;

  @AfterEach
  void release() {
    released = true;
    System.setErr(err);
    Threads.awaitNoneOfJobs();
  }

  @Test
  void cancelReturnsWithoutItAndTellsWhereItIs() throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    Pipeline pipeline = Pipelines.create();
    pipeline.apply(Create.of(1L)).apply("Stays", ParDo.of(new StayFn()));
    PipelineResult result = pipeline.run();
    ENTERED.await();

    assertThat(result.cancel()).isEqualTo(PipelineResult.State.CANCELLED);

    assertThat(Threads.ofJobs()).as("what has not ended").hasSize(1);
    assertThat(log.toString(StandardCharsets.UTF_8))
        .containsPattern("/s\\d+/0 has not ended 5 s after it was asked to")
        .contains("user code of transform 'Stays/")
        .contains(StayFn.class.getName() + ".process(StubbornTest.java:");
  }

  static final class StayFn extends DoFn<Long, Long> {
    @ProcessElement
    public void process() {
      ENTERED.countDown();
      while (!released) {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }
}
