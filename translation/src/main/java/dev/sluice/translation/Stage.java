package dev.sluice.translation;

import java.util.List;

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
}
