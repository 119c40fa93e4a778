package dev.sluice.coordinator;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Labels;

/**
 * Metrics as bytes: Beam's MonitoringInfo protos, each behind its length, so that a checkpoint
 * holds nothing that only one version of Beam's classes can read. Pure functions.
 */
final class MetricBytes {
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
        MetricsContainerImpl container =
            step == null ? metrics.getUnboundContainer() : metrics.getContainer(step);
        // One at a time: Beam leaves all out that come behind one without a payload.
        container.update(List.of(info));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the metrics of a checkpoint cannot be read", e);
    }
    return metrics;
  }
}
