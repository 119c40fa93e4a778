package dev.sluice.coordinator;

import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Node;
import dev.sluice.worker.protocol.JobId;
import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * A job as its client submitted it. Immutable.
 *
 * @param id unique among the jobs of the cluster
 * @param graph what is to run
 * @param options the pipeline's options
 * @param loader with which everything of the user's is loaded
 * @param settings what the coordinator needs of the options
 * @param client the address that is told how the job goes
 */
public record JobSpec(
    JobId id,
    JobGraph graph,
    PipelineOptions options,
    ClassLoader loader,
    JobSettings settings,
    String client) {
  private static final long FINALIZATION_INTERVAL_MS = 1_000;

  /** Whether there are sources to split before the tasks can start. */
  boolean hasSourcesToSplit() {
    return hasNode(node -> node instanceof Node.Read);
  }

  /** Whether the job's clock is moved by a TestStream instead of the machine's time. */
  boolean hasManualClock() {
    return hasNode(node -> node instanceof Node.TestStream);
  }

  /**
   * How long to wait from one periodic checkpoint to the next; 0 if there are none. A job in which
   * a bundle waits to be finalized has them even if nobody asked for them, and soon: what waits is
   * often somebody else's acknowledgement.
   */
  long checkpointIntervalMs() {
    long asked = graph.streaming() ? settings.checkpointIntervalMs() : 0;
    if (!hasNode(this::requestsFinalization)) {
      return asked;
    }
    return asked == 0 ? FINALIZATION_INTERVAL_MS : Math.min(asked, FINALIZATION_INTERVAL_MS);
  }

  private boolean requestsFinalization(Node node) {
    if (!(node instanceof Node.ParDo parDo)) {
      return false;
    }
    RunnerApi.PTransform transform = graph.components().getTransformsOrThrow(parDo.transformId());
    try {
      return RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload())
          .getRequestsFinalization();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "the payload of transform '" + transform.getUniqueName() + "' cannot be read", e);
    }
  }

  private boolean hasNode(Predicate<Node> wanted) {
    return graph.stages().stream().flatMap(stage -> stage.nodes().stream()).anyMatch(wanted);
  }

  /** The graph and the options would fill pages. */
  @Override
  public String toString() {
    return id.toString();
  }
}
