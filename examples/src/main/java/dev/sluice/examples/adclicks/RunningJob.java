package dev.sluice.examples.adclicks;

import java.io.IOException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.joda.time.Duration;

/** The pipeline while it runs; cancelled when closed. Used by the main thread. */
final class RunningJob implements AutoCloseable {
  private static final Duration CANCEL_TIME = Duration.standardSeconds(30);

  private final PipelineResult result;

  private RunningJob(PipelineResult result) {
    this.result = result;
  }

  static RunningJob start(Pipeline pipeline) {
    return new RunningJob(pipeline.run());
  }

  /** Throws what made the job fail, if it did. */
  void check() {
    State state = result.getState();
    if (state == State.FAILED) {
      result.waitUntilFinish();
    }
    if (state.isTerminal()) {
      throw new IllegalStateException("the job ended by itself: " + state);
    }
  }

  /** The lines in the topic that were no clicks. */
  long unreadable() {
    long sum = 0;
    Iterable<MetricResult<Long>> counters =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(AdClicks.class, AdClicks.UNREADABLE))
                    .build())
            .getCounters();
    for (MetricResult<Long> counter : counters) {
      sum += counter.getAttempted();
    }
    return sum;
  }

  @Override
  public void close() throws IOException {
    if (!result.getState().isTerminal()) {
      result.cancel();
      result.waitUntilFinish(CANCEL_TIME);
    }
  }
}
