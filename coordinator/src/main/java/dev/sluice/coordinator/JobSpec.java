package dev.sluice.coordinator;

import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Node;
import dev.sluice.worker.protocol.JobId;
import java.util.function.Predicate;
import org.apache.beam.sdk.options.PipelineOptions;

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

  /** Whether there are sources to split before the tasks can start. */
  boolean hasSourcesToSplit() {
    return hasNode(node -> node instanceof Node.Read);
  }

  /** Whether the job's clock is moved by a TestStream instead of the machine's time. */
  boolean hasManualClock() {
    return hasNode(node -> node instanceof Node.TestStream);
  }

  /** How long to wait from one periodic checkpoint to the next; 0 if there are none. */
  long checkpointIntervalMs() {
    return graph.streaming() ? settings.checkpointIntervalMs() : 0;
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
