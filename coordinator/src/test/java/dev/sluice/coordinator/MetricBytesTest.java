package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.sdk.metrics.MetricName;
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
    MonitoringInfoMetricName elements =
        MonitoringInfoMetricName.named(
            MonitoringInfoConstants.Urns.ELEMENT_COUNT,
            Map.of(MonitoringInfoConstants.Labels.PCOLLECTION, "c"));
    metrics.getUnboundContainer().getCounter(elements).inc(12);
    // As if they had been reported before.
    metrics.getContainer("a").commitUpdates();

    MetricsContainerStepMap read = MetricBytes.decode(MetricBytes.encode(metrics));

    assertThat(read.getContainer("a").getCounter(name).getCumulative()).isEqualTo(7);
    assertThat(read.getContainer("a").getDistribution(name).getCumulative())
        .isEqualTo(metrics.getContainer("a").getDistribution(name).getCumulative());
    assertThat(read.getContainer("b").getGauge(name).getCumulative().value()).isEqualTo(4);
    assertThat(read.getContainer("b").getStringSet(name).getCumulative().stringSet())
        .containsExactlyInAnyOrder("x", "y");
    assertThat(read.getUnboundContainer().getCounter(elements).getCumulative()).isEqualTo(12);
  }

  @Test
  void nothingIsNothing() {
    assertThat(MetricBytes.encode(new MetricsContainerStepMap())).isEmpty();
    assertThat(MetricBytes.decode(new byte[0])).isEqualTo(new MetricsContainerStepMap());
  }
}
