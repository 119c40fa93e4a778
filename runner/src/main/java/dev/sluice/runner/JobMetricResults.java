package dev.sluice.runner;

import dev.sluice.protocol.JobUpdate.JobMetricValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.beam.runners.core.metrics.MetricUpdates.MetricUpdate;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.BoundedTrieResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricFiltering;
import org.apache.beam.sdk.metrics.MetricKey;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.apache.beam.sdk.util.HistogramData;

/**
 * A job's metrics, asked for again with each query.
 *
 * <p>Any thread. A metric that no completed checkpoint has seen is committed with the value it has
 * before its first update, instead of with none, which Beam answers with an exception.
 */
final class JobMetricResults extends MetricResults {
  private final Supplier<JobMetricValues> source;
  private final Set<String> steps;

  /**
   * @param source fetches the metrics
   * @param steps full names of all transforms that may have any
   */
  JobMetricResults(Supplier<JobMetricValues> source, Set<String> steps) {
    this.source = source;
    this.steps = steps;
  }

  @Override
  public MetricQueryResults queryMetrics(MetricsFilter filter) {
    JobMetricValues values = source.get();
    MetricsContainerStepMap attempted = values.attempted().read();
    MetricsContainerStepMap committed = values.committed().read();
    startUncommitted(attempted, committed);
    MetricQueryResults known =
        MetricsContainerStepMap.asMetricResults(attempted, committed).queryMetrics(filter);
    return new WithHistograms(known, histograms(attempted, committed, filter));
  }

  /** Makes every metric of {@code attempted} exist in {@code committed}. */
  private static void startUncommitted(
      MetricsContainerStepMap attempted, MetricsContainerStepMap committed) {
    MetricQueryResults all =
        MetricsContainerStepMap.asAttemptedOnlyMetricResults(attempted).allMetrics();
    all.getCounters()
        .forEach(m -> committed.getContainer(step(m)).getCounter(m.getKey().metricName()));
    all.getDistributions()
        .forEach(m -> committed.getContainer(step(m)).getDistribution(m.getKey().metricName()));
    all.getGauges().forEach(m -> committed.getContainer(step(m)).getGauge(m.getKey().metricName()));
    all.getStringSets()
        .forEach(m -> committed.getContainer(step(m)).getStringSet(m.getKey().metricName()));
    all.getBoundedTries()
        .forEach(m -> committed.getContainer(step(m)).getBoundedTrie(m.getKey().metricName()));
  }

  private static String step(MetricResult<?> metric) {
    return metric.getKey().stepName();
  }

  // Beam 2.73 gathers histograms and leaves them out of its query results.
  private List<MetricResult<HistogramData>> histograms(
      MetricsContainerStepMap attempted, MetricsContainerStepMap committed, MetricsFilter filter) {
    Map<MetricKey, HistogramData> tried = histogramsOf(attempted, filter);
    Map<MetricKey, HistogramData> kept = histogramsOf(committed, filter);
    List<MetricResult<HistogramData>> results = new ArrayList<>();
    tried.forEach(
        (key, value) ->
            results.add(
                MetricResult.create(
                    key, kept.getOrDefault(key, new HistogramData(value.getBucketType())), value)));
    return results;
  }

  private Map<MetricKey, HistogramData> histogramsOf(
      MetricsContainerStepMap containers, MetricsFilter filter) {
    Map<MetricKey, HistogramData> values = new LinkedHashMap<>();
    for (String step : steps) {
      for (MetricUpdate<HistogramData> update :
          containers.getContainer(step).getCumulative().histogramsUpdates()) {
        if (MetricFiltering.matches(filter, update.getKey())) {
          values.put(update.getKey(), update.getUpdate());
        }
      }
    }
    return values;
  }

  /** Beam's results, and the histograms. */
  private static final class WithHistograms extends MetricQueryResults {
    private final MetricQueryResults others;
    private final List<MetricResult<HistogramData>> histograms;

    WithHistograms(MetricQueryResults others, List<MetricResult<HistogramData>> histograms) {
      this.others = others;
      this.histograms = histograms;
    }

    @Override
    public Iterable<MetricResult<Long>> getCounters() {
      return others.getCounters();
    }

    @Override
    public Iterable<MetricResult<DistributionResult>> getDistributions() {
      return others.getDistributions();
    }

    @Override
    public Iterable<MetricResult<GaugeResult>> getGauges() {
      return others.getGauges();
    }

    @Override
    public Iterable<MetricResult<StringSetResult>> getStringSets() {
      return others.getStringSets();
    }

    @Override
    public Iterable<MetricResult<BoundedTrieResult>> getBoundedTries() {
      return others.getBoundedTries();
    }

    @Override
    public Iterable<MetricResult<HistogramData>> getHistograms() {
      return histograms;
    }
  }
}
