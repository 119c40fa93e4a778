package dev.sluice.translation;

import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/** Makes the {@link JobGraph} of a portable pipeline; pure functions. */
public final class JobGraphs {
  private JobGraphs() {}

  /**
   * Translates a portable pipeline.
   *
   * @param pipeline any SDK's pipeline proto
   * @param streaming whether the user asked for streaming although every input may be bounded
   * @throws UnsupportedTransformException if a transform is not known to Sluice
   * @throws IllegalArgumentException if the proto is not a pipeline: it has a cycle, or reads what
   *     nothing makes
   */
  public static JobGraph translate(RunnerApi.Pipeline pipeline, boolean streaming) {
    return translate(pipeline, streaming, Fusion.DEEPEST);
  }

  /**
   * As {@link #translate(RunnerApi.Pipeline, boolean)}.
   *
   * @param deepest how many calls deep a stage may be
   */
  static JobGraph translate(RunnerApi.Pipeline pipeline, boolean streaming, int deepest) {
    List<Primitive> primitives = Primitives.of(pipeline);
    boolean unbounded =
        pipeline.getComponents().getPcollectionsMap().values().stream()
            .anyMatch(c -> c.getIsBounded() == RunnerApi.IsBounded.Enum.UNBOUNDED);
    JobGraph graph =
        new Fusion(pipeline.getComponents(), deepest).fuse(primitives, streaming || unbounded);
    check(graph);
    return graph;
  }

  /**
   * Checks everything that {@link JobGraph}, {@link Stage}, {@link Exchange} and {@link SideInput}
   * promise.
   *
   * @throws IllegalStateException naming what is broken and the values found
   */
  public static void check(JobGraph graph) {
    Invariants.check(graph);
  }
}
