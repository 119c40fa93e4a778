package dev.sluice.translation;

import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Fused transforms that one task runs in one thread by direct calls.
 *
 * <p>Immutable. Always true: {@link #nodes} are in topological order, so a node comes after the
 * producers of all its inputs; the stage has exactly one root, its first node, which is either a
 * source ({@link Node.Impulse}, {@link Node.Read}, {@link Node.TestStream}, {@link Node.Empty}) or
 * a {@link Node.Input}.
 *
 * @param id unique in the graph and stable for the same pipeline, such as {@code s3}
 * @param name what a person reads, made from the transforms' names
 * @param nodes fused transforms in topological order, root first
 * @param parallelism how many tasks the stage may have
 */
public record Stage(String id, String name, List<Node> nodes, Parallelism parallelism) {

  /** How many tasks a stage may have. */
  public enum Parallelism {
    /**
     * One task, index 0: Impulse, TestStream, Empty, the collection of a side input, and what only
     * FORWARD exchanges from such stages feed.
     */
    ONE,
    /** As many as the job's parallelism. */
    JOB
  }

  public Stage {
    nodes = List.copyOf(nodes);
  }

  /** The source or input that all other nodes of the stage descend from. */
  public Node root() {
    return nodes.get(0);
  }

  /**
   * Whether every PCollection that it reads or makes ends by itself. Side inputs do not count:
   * nobody's bundle waits for their end.
   *
   * @param components those of the stage's graph
   */
  public boolean isBounded(RunnerApi.Components components) {
    return nodes.stream()
        .flatMap(node -> Stream.concat(node.inputs().stream(), node.outputs().values().stream()))
        .map(id -> components.getPcollectionsOrThrow(id).getIsBounded())
        .allMatch(RunnerApi.IsBounded.Enum.BOUNDED::equals);
  }
}
