package dev.sluice.coordinator;

import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobSettings;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.Submission;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * A job that the coordinator has taken on. Immutable.
 *
 * @param submission as its client submitted it
 * @param graph what its pipeline becomes
 * @param durability how it outlives a failure; empty if it does not
 * @param checkpointIntervalMs how long to wait from one periodic checkpoint to the next; 0 if there
 *     are none
 */
public record JobSpec(
    Submission submission,
    JobGraph graph,
    Optional<Durability> durability,
    long checkpointIntervalMs) {
  /** The interval of a job that needs checkpoints which nobody asked for. */
  private static final long NEEDED_INTERVAL_MS = 1_000;

  private static final String WRITE_FILES = "beam:transform:write_files:v1";

  /** A job with the checkpoints that its pipeline needs. */
  public static JobSpec of(Submission submission, JobGraph graph, Optional<Durability> durability) {
    JobSpec job = new JobSpec(submission, graph, durability, 0);
    return new JobSpec(submission, graph, durability, job.neededIntervalMs());
  }

  /** Names the job. */
  JobId id() {
    return submission.id();
  }

  /** What the coordinator needs of the options. */
  JobSettings settings() {
    return submission.settings();
  }

  /** The address that is notified of how the job goes. */
  String client() {
    return submission.client();
  }

  /**
   * Whether there are sources to split before the tasks can start: those that {@code known} has no
   * splits of, and unbounded ones, to which something may have been added.
   *
   * @param known splits by the id of the Read transform
   */
  boolean hasSourcesToSplit(Map<String, List<SourceSplit>> known) {
    return hasNode(
        node ->
            node instanceof Node.Read read
                && (!read.bounded() || !known.containsKey(read.transformId())));
  }

  /** Those splits of a checkpoint that are of this pipeline's sources, by transform id. */
  Map<String, List<SourceSplit>> splitsOf(SavedCheckpoint checkpoint) {
    Map<String, List<SourceSplit>> byId = new LinkedHashMap<>();
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        if (node instanceof Node.Read) {
          List<SourceSplit> splits = checkpoint.splits().get(nameOf(node.transformId()));
          if (splits != null) {
            byId.put(node.transformId(), splits);
          }
        }
      }
    }
    return byId;
  }

  /** The full name of a transform. */
  String nameOf(String transformId) {
    return graph.components().getTransformsOrThrow(transformId).getUniqueName();
  }

  /** Whether the job's clock is moved by a TestStream instead of the machine's time. */
  boolean hasManualClock() {
    return hasNode(node -> node instanceof Node.TestStream);
  }

  /**
   * A job in which something waits for checkpoints has them even if nobody asked for them. A bundle
   * that waits to be finalized has them soon: that is often somebody else's acknowledgement.
   */
  private long neededIntervalMs() {
    long asked =
        graph.streaming() || durability.isPresent() ? settings().checkpoints().intervalMs() : 0;
    if (hasNode(node -> asks(node, RunnerApi.ParDoPayload::getRequestsFinalization))) {
      return asked == 0 ? NEEDED_INTERVAL_MS : Math.min(asked, NEEDED_INTERVAL_MS);
    }
    return asked == 0 && requiresStableInput() ? NEEDED_INTERVAL_MS : asked;
  }

  /**
   * Whether elements are held back until a checkpoint contains them. What writes files of bounded
   * input holds back only their names, for which a round at the end is enough; each one before
   * would end a bundle, and with it a file.
   */
  private boolean requiresStableInput() {
    return hasNode(node -> asks(node, RunnerApi.ParDoPayload::getRequiresStableInput))
        || (graph.streaming() && writesFiles());
  }

  private boolean writesFiles() {
    return graph.components().getTransformsMap().values().stream()
        .anyMatch(transform -> transform.getSpec().getUrn().equals(WRITE_FILES));
  }

  private boolean asks(Node node, Predicate<RunnerApi.ParDoPayload> what) {
    if (!(node instanceof Node.ParDo parDo)) {
      return false;
    }
    RunnerApi.PTransform transform = graph.components().getTransformsOrThrow(parDo.transformId());
    try {
      return what.test(RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload()));
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
    return id().toString();
  }
}
