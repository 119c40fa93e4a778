package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One element that emits far more than fits into memory: its output waits for room in the exchange,
 * in the middle of the call, and nothing piles up.
 */
@Timeout(90)
class LargeOutputTest {
  private static final int RECORDS = 50_000_000;
  private static final int LIMIT_SECONDS = 60;

  @Test
  void oneElementMayEmitFiftyMillionRecordsInASmallHeap(@TempDir Path folder) throws Exception {
    File out = folder.resolve("out.txt").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(out).content().contains("received " + RECORDS);
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs in the process with the small heap. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) {
      Pipeline pipeline = Pipelines.create();
      pipeline
          .apply(Create.of(RECORDS))
          .apply(ParDo.of(new Explode()))
          .apply(Redistribute.arbitrarily())
          .apply(ParDo.of(new CountAll()));
      PipelineResult result = pipeline.run();
      result.waitUntilFinish();
      MetricsFilter received =
          MetricsFilter.builder()
              .addNameFilter(MetricNameFilter.named(CountAll.class, "received"))
              .build();
      for (MetricResult<Long> counter : result.metrics().queryMetrics(received).getCounters()) {
        System.out.println("received " + counter.getAttempted());
      }
    }
  }

  private static final class Explode extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(@Element Integer count, OutputReceiver<Integer> output) {
      for (int i = 0; i < count; i++) {
        output.output(i);
      }
    }
  }

  private static final class CountAll extends DoFn<Integer, Void> {
    private final Counter received = Metrics.counter(CountAll.class, "received");
    private long inBundle;

    @StartBundle
    public void startBundle() {
      inBundle = 0;
    }

    @ProcessElement
    public void process() {
      inBundle++;
    }

    @FinishBundle
    public void finishBundle() {
      received.inc(inBundle);
    }
  }
}
