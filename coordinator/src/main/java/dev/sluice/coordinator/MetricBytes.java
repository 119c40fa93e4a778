package dev.sluice.coordinator;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.DistributionData;
import org.apache.beam.runners.core.metrics.MetricUpdates;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Labels;
import org.apache.beam.sdk.metrics.MetricName;

/**
 * Metrics as bytes: Beam's MonitoringInfo protos, each behind its length, so that a checkpoint
 * holds nothing that only one version of Beam's classes can read. Pure functions.
 */
final class MetricBytes {
  /** What the URNs of metrics of user code begin with. */
  private static final String USER = "beam:metric:user:";

  private MetricBytes() {}

  static byte[] encode(MetricsContainerStepMap metrics) {
    // Cells give themselves up only if they were written to since they were last asked: copy them.
    MetricsContainerStepMap copy = new MetricsContainerStepMap();
    copy.updateAll(metrics);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      for (MonitoringInfo info : copy.getMonitoringInfos()) {
        info.writeDelimitedTo(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static MetricsContainerStepMap decode(byte[] bytes) {
    MetricsContainerStepMap metrics = new MetricsContainerStepMap();
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    try {
      for (MonitoringInfo info = MonitoringInfo.parseDelimitedFrom(in);
          info != null;
          info = MonitoringInfo.parseDelimitedFrom(in)) {
        String step = info.getLabelsMap().get(Labels.PTRANSFORM);
        add(info, step == null ? metrics.getUnboundContainer() : metrics.getContainer(step));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the metrics of a checkpoint cannot be read", e);
    }
    return metrics;
  }

  private static void add(MonitoringInfo info, MetricsContainerImpl to) {
    if (!info.getUrn().startsWith(USER)) {
      to.update(List.of(info));
      return;
    }
    // Beam reads it under the name that it had on its way, which is not that of the user's cell.
    MetricsContainerImpl read = new MetricsContainerImpl(null);
    read.update(List.of(info));
    MetricUpdates cells = read.getUpdates();
    MetricName name =
        MetricName.named(
            info.getLabelsOrThrow(Labels.NAMESPACE), info.getLabelsOrThrow(Labels.NAME));
    cells.counterUpdates().forEach(cell -> to.getCounter(name).inc(cell.getUpdate()));
    cells
        .distributionUpdates()
        .forEach(
            cell -> {
              DistributionData data = cell.getUpdate();
              to.getDistribution(name).update(data.sum(), data.count(), data.min(), data.max());
            });
    cells.gaugeUpdates().forEach(cell -> to.getGauge(name).set(cell.getUpdate().value()));
    cells
        .stringSetUpdates()
        .forEach(
            cell -> to.getStringSet(name).add(cell.getUpdate().stringSet().toArray(new String[0])));
    cells.boundedTrieUpdates().forEach(cell -> to.getBoundedTrie(name).update(cell.getUpdate()));
    cells
        .histogramsUpdates()
        .forEach(
            cell ->
                to.getHistogram(name, cell.getUpdate().getBucketType()).update(cell.getUpdate()));
  }
}
