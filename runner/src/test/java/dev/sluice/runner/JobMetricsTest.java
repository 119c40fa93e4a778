package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.BoundedTrieResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.collect.ImmutableList;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.collect.ImmutableSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JobMetricsTest {
  private static final MetricsFilter OURS =
      MetricsFilter.builder().addNameFilter(MetricNameFilter.inNamespace("test")).build();

  @Test
  void everyKindIsThereWhenThePipelineHasEndedAndAllOfItIsCommitted() {
    PipelineResult result = Pipelines.counting().run();
    result.waitUntilFinish();
    MetricQueryResults metrics = result.metrics().queryMetrics(OURS);

    assertThat(bothOf(metrics.getCounters())).containsExactly(3L);
    assertThat(bothOf(metrics.getDistributions()))
        .containsExactly(DistributionResult.create(6, 3, 1, 3));
    assertThat(bothOf(metrics.getGauges()).stream().map(GaugeResult::getValue)).containsExactly(7L);
    assertThat(bothOf(metrics.getStringSets()))
        .containsExactly(StringSetResult.create(ImmutableSet.of("few", "many")));
    assertThat(bothOf(metrics.getBoundedTries()))
        .containsExactly(
            BoundedTrieResult.create(
                ImmutableSet.of(
                    ImmutableList.of("a", "b", "false"), ImmutableList.of("a", "c", "false"))));
    assertThat(bothOf(metrics.getHistograms()).stream().map(h -> h.getTotalCount()))
        .containsExactly(3L);
  }

  @Test
  void stepsAreNamedAsTheUserNamedThem() {
    PipelineResult result = Pipelines.counting().run();
    result.waitUntilFinish();

    assertThat(counters(result, "Count")).hasSize(1);
    assertThat(counters(result, "Nobody")).isEmpty();
  }

  private static Iterable<MetricResult<Long>> counters(PipelineResult result, String step) {
    return result
        .metrics()
        .queryMetrics(
            MetricsFilter.builder()
                .addNameFilter(MetricNameFilter.named("test", "counter"))
                .addStep(step)
                .build())
        .getCounters();
  }

  @Test
  void aRunningPipelineCountsOn() throws Exception {
    PipelineResult result = Pipelines.endless().run();
    while (attempted(result) < 1_000) {
      Thread.onSpinWait();
    }
    result.cancel();

    long atEnd = attempted(result);
    assertThat(atEnd).isGreaterThanOrEqualTo(1_000);
    assertThat(attempted(result)).isEqualTo(atEnd);
  }

  @Test
  void aCheckpointCommitsWhatWasCounted() throws Exception {
    PipelineResult result = Pipelines.endless("--checkpointIntervalMs=1").run();
    while (committed(result) == 0) {
      Thread.onSpinWait();
    }
    result.cancel();

    assertThat(committed(result)).isPositive().isLessThanOrEqualTo(attempted(result));
  }

  @Test
  void beforeTheFirstCheckpointNothingIsCommitted() throws Exception {
    PipelineResult result = Pipelines.endless("--checkpointIntervalMs=0").run();
    while (attempted(result) == 0) {
      Thread.onSpinWait();
    }

    assertThat(committed(result)).isZero();
    result.cancel();
    assertThat(committed(result)).isZero();
  }

  private static long attempted(PipelineResult result) {
    return counted(result).map(MetricResult::getAttempted).orElse(0L);
  }

  private static long committed(PipelineResult result) {
    return counted(result).map(MetricResult::getCommitted).orElse(0L);
  }

  private static Optional<MetricResult<Long>> counted(PipelineResult result) {
    MetricName name = MetricName.named("test", "counter");
    return StreamSupport.stream(
            result.metrics().queryMetrics(OURS).getCounters().spliterator(), false)
        .filter(counter -> counter.getName().equals(name))
        .findFirst();
  }

  /** What is attempted, which must be what is committed too. */
  private static <T> Set<T> bothOf(Iterable<MetricResult<T>> results) {
    for (MetricResult<T> result : results) {
      if (!(result.getCommitted() instanceof GaugeResult)) {
        assertThat(result.getCommitted()).isEqualTo(result.getAttempted());
      }
    }
    return StreamSupport.stream(results.spliterator(), false)
        .map(MetricResult::getAttempted)
        .collect(Collectors.toSet());
  }
}
