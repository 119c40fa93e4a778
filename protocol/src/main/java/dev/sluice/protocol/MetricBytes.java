package dev.sluice.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.DistributionData;
import org.apache.beam.runners.core.metrics.MetricUpdates;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Labels;
import org.apache.beam.runners.core.metrics.MonitoringInfoEncodings;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.util.HistogramData;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Metrics as bytes: Beam's MonitoringInfo protos, each behind its length, so that messages and
 * checkpoints hold nothing that only one version of Beam's classes can read. Immutable.
 *
 * @param infos the protos
 */
public record MetricBytes(ByteString infos) {
  /** Nothing was counted. */
  public static final MetricBytes NONE = new MetricBytes(ByteString.EMPTY);

  /** What the URNs of metrics of user code begin with. */
  private static final String USER = "beam:metric:user:";

  private static final String HISTOGRAM = MonitoringInfoConstants.Urns.USER_HISTOGRAM;

  /** The type of a gauge, of which the last that was set counts. */
  private static final String LATEST = MonitoringInfoConstants.TypeUrns.LATEST_INT64_TYPE;

  /** Writes what {@code metrics} hold now, which are not touched meanwhile. */
  public static MetricBytes of(MetricsContainerStepMap metrics) {
    // Cells give themselves up only if they were written to since they were last asked: copy them.
    MetricsContainerStepMap copy = new MetricsContainerStepMap();
    copy.updateAll(metrics);
    ByteString.Output bytes = ByteString.newOutput();
    try {
      for (MonitoringInfo info : copy.getMonitoringInfos()) {
        info.writeDelimitedTo(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new MetricBytes(bytes.toByteString());
  }

  /** What all of {@code parts} have counted together. */
  public static MetricBytes sum(Collection<MetricBytes> parts) {
    List<MetricBytes> counted = parts.stream().filter(part -> !part.equals(NONE)).toList();
    if (counted.size() < 2) {
      return counted.isEmpty() ? NONE : counted.get(0);
    }
    MetricsContainerStepMap sum = new MetricsContainerStepMap();
    Map<MonitoringInfo, MonitoringInfo> gauges = new LinkedHashMap<>();
    for (MetricBytes part : counted) {
      for (MonitoringInfo info : part.all()) {
        if (info.getType().equals(LATEST)) {
          gauges.merge(info.toBuilder().clearPayload().build(), info, MetricBytes::later);
        } else {
          add(info, sum);
        }
      }
    }
    gauges.values().forEach(info -> add(info, sum));
    return of(sum);
  }

  /**
   * The metrics, in containers that belong to the caller.
   *
   * @throws UncheckedIOException if the bytes are not what {@link #of} has written
   */
  public MetricsContainerStepMap read() {
    MetricsContainerStepMap metrics = new MetricsContainerStepMap();
    all().forEach(info -> add(info, metrics));
    return metrics;
  }

  private List<MonitoringInfo> all() {
    List<MonitoringInfo> all = new ArrayList<>();
    InputStream in = infos.newInput();
    try {
      for (MonitoringInfo info = MonitoringInfo.parseDelimitedFrom(in);
          info != null;
          info = MonitoringInfo.parseDelimitedFrom(in)) {
        all.add(info);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the metrics of a job cannot be read", e);
    }
    return all;
  }

  private static MonitoringInfo later(MonitoringInfo one, MonitoringInfo other) {
    boolean first =
        MonitoringInfoEncodings.decodeInt64Gauge(one.getPayload())
            .timestamp()
            .isAfter(MonitoringInfoEncodings.decodeInt64Gauge(other.getPayload()).timestamp());
    return first ? one : other;
  }

  private static void add(MonitoringInfo info, MetricsContainerStepMap to) {
    String step = info.getLabelsMap().get(Labels.PTRANSFORM);
    add(info, step == null ? to.getUnboundContainer() : to.getContainer(step));
  }

  private static void add(MonitoringInfo info, MetricsContainerImpl to) {
    if (!info.getUrn().startsWith(USER)) {
      to.update(List.of(info));
      return;
    }
    MetricName name =
        MetricName.named(
            info.getLabelsOrThrow(Labels.NAMESPACE), info.getLabelsOrThrow(Labels.NAME));
    if (info.getUrn().equals(HISTOGRAM)) {
      // Beam reads it into buckets of its own choice, into which it does not fit.
      HistogramData data = MonitoringInfoEncodings.decodeInt64Histogram(info.getPayload());
      to.getHistogram(name, data.getBucketType()).update(data);
      return;
    }
    // Beam reads it under the name that it had on its way, which is not that of the user's cell.
    MetricsContainerImpl read = new MetricsContainerImpl(null);
    read.update(List.of(info));
    MetricUpdates cells = read.getUpdates();
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
  }

  /** The numbers would fill pages. */
  @Override
  public String toString() {
    return "MetricBytes[%d]".formatted(infos.size());
  }
}
