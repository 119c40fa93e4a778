package dev.sluice.runner;

import dev.sluice.state.error.Thrown;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.core.metrics.NoOpMetricsSink;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.metrics.MetricsSink;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.InstanceBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a job's metrics to the sink of {@code --metricsSink}, every {@code --metricsPushPeriod}
 * seconds and once at its end.
 *
 * <p>Has a thread of its own, since a sink may block, from the job's start until the push at its
 * end; none if there is no sink.
 */
final class MetricsPush implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsPush.class);

  private final JobHandle job;
  private final JobMetricResults metrics;
  private final MetricsSink sink;
  private final long periodMs;

  private MetricsPush(JobHandle job, JobMetricResults metrics, MetricsSink sink, long periodMs) {
    this.job = job;
    this.metrics = metrics;
    this.sink = sink;
    this.periodMs = periodMs;
  }

  /**
   * The sink that the options name, if any.
   *
   * @throws IllegalArgumentException if it cannot be made
   */
  static Optional<MetricsSink> sinkOf(PipelineOptions options) {
    MetricsOptions wanted = options.as(MetricsOptions.class);
    if (wanted.getMetricsSink().equals(NoOpMetricsSink.class)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          InstanceBuilder.ofType(MetricsSink.class)
              .fromClass(wanted.getMetricsSink())
              .withArg(MetricsOptions.class, wanted)
              .build());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "option --metricsSink: %s cannot be made: %s"
              .formatted(wanted.getMetricsSink().getName(), e.getMessage()),
          e);
    }
  }

  /**
   * Starts to push.
   *
   * @param loader the job's class loader, for the sink is the user's
   */
  static void start(
      JobHandle job,
      JobMetricResults metrics,
      MetricsSink sink,
      PipelineOptions options,
      ClassLoader loader) {
    long periodSeconds = Math.max(1, options.as(MetricsOptions.class).getMetricsPushPeriod());
    Thread thread =
        new Thread(
            new MetricsPush(job, metrics, sink, TimeUnit.SECONDS.toMillis(periodSeconds)),
            "metrics-push:" + job.id());
    thread.setContextClassLoader(loader);
    thread.setDaemon(false);
    thread.start();
  }

  @Override
  public void run() {
    try {
      while (job.await(periodMs) == null) {
        push();
      }
      push();
    } catch (InterruptedException e) {
      LOG.debug("{} was interrupted and ends", Thread.currentThread().getName());
    }
  }

  private void push() {
    try {
      MetricQueryResults all = metrics.queryMetrics(MetricsFilter.builder().build());
      sink.writeMetrics(all);
    } catch (Throwable e) {
      // The next push is tried all the same.
      LOG.warn("metrics of job {} could not be written to {}", job.id(), sink, Thrown.printable(e));
    }
  }
}
