package dev.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.util.HistogramData;
import org.joda.time.DateTimeUtils;
import org.junit.jupiter.api.Test;

class MetricBytesTest {
  @Test
  void everyKindOfMetricSurvives() {
    MetricsContainerStepMap metrics = new MetricsContainerStepMap();
    MetricName name = MetricName.named("ns", "m");
    metrics.getContainer("a").getCounter(name).inc(7);
    metrics.getContainer("a").getDistribution(name).update(3);
    metrics.getContainer("a").getDistribution(name).update(9);
    metrics.getContainer("b").getGauge(name).set(4);
    metrics.getContainer("b").getStringSet(name).add("x", "y");
    HistogramData.BucketType buckets = HistogramData.LinearBuckets.of(0, 10, 10);
    metrics.getContainer("b").getHistogram(name, buckets).update(15);
    MonitoringInfoMetricName elements =
        MonitoringInfoMetricName.named(
            MonitoringInfoConstants.Urns.ELEMENT_COUNT,
            Map.of(MonitoringInfoConstants.Labels.PCOLLECTION, "c"));
    metrics.getUnboundContainer().getCounter(elements).inc(12);
    // As if they had been reported before.
    metrics.getContainer("a").commitUpdates();

    MetricsContainerStepMap read = MetricBytes.of(metrics).read();

    assertThat(read.getContainer("a").getCounter(name).getCumulative()).isEqualTo(7);
    assertThat(read.getContainer("a").getDistribution(name).getCumulative())
        .isEqualTo(metrics.getContainer("a").getDistribution(name).getCumulative());
    assertThat(read.getContainer("b").getGauge(name).getCumulative().value()).isEqualTo(4);
    assertThat(read.getContainer("b").getStringSet(name).getCumulative().stringSet())
        .containsExactlyInAnyOrder("x", "y");
    assertThat(read.getContainer("b").getHistogram(name, buckets).getCumulative().getTotalCount())
        .isEqualTo(1);
    assertThat(read.getUnboundContainer().getCounter(elements).getCumulative()).isEqualTo(12);
  }

  @Test
  void aSumCountsAllAndTakesTheLastGauge() {
    MetricName name = MetricName.named("ns", "m");
    MetricsContainerStepMap early = new MetricsContainerStepMap();
    early.getContainer("a").getCounter(name).inc(7);
    early.getContainer("a").getGauge(name).set(1);
    DateTimeUtils.setCurrentMillisFixed(System.currentTimeMillis() + 10_000);
    MetricsContainerStepMap late = new MetricsContainerStepMap();
    late.getContainer("a").getCounter(name).inc(5);
    late.getContainer("a").getGauge(name).set(2);
    DateTimeUtils.setCurrentMillisSystem();

    MetricsContainerStepMap sum =
        MetricBytes.sum(List.of(MetricBytes.of(late), MetricBytes.NONE, MetricBytes.of(early)))
            .read();

    assertThat(sum.getContainer("a").getCounter(name).getCumulative()).isEqualTo(12);
    assertThat(sum.getContainer("a").getGauge(name).getCumulative().value()).isEqualTo(2);
  }

  @Test
  void nothingIsNothing() {
    assertThat(MetricBytes.of(new MetricsContainerStepMap())).isEqualTo(MetricBytes.NONE);
    assertThat(MetricBytes.NONE.read()).isEqualTo(new MetricsContainerStepMap());
    assertThat(MetricBytes.sum(List.of())).isEqualTo(MetricBytes.NONE);
  }
}
