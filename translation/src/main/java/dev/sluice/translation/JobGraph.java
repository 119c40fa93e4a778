package dev.sluice.translation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What a pipeline becomes before it runs: stages of fused transforms, joined by exchanges.
 *
 * <p>Immutable and free of behaviour; built once by {@link JobGraphs#translate} and read by
 * everybody after it. Always true: the stages are in topological order of the exchanges, every
 * PCollection id that a node or exchange names is in {@link #components}, and every node consumes
 * PCollections that are made in its own stage or enter it through its {@link Node.Input}.
 *
 * @param components the pipeline's components, extended by what translation made up (PCollections
 *     of partially combined values, coders of accumulators, iterables of side-input views)
 * @param stages in topological order
 * @param exchanges in the order of their producers
 * @param streaming whether the job has an unbounded input or was asked to be treated as such
 */
public record JobGraph(
    RunnerApi.Components components,
    List<Stage> stages,
    List<Exchange> exchanges,
    boolean streaming) {

  public JobGraph {
    stages = List.copyOf(stages);
    exchanges = List.copyOf(exchanges);
  }

  /** The stages by their id, in topological order. */
  public Map<String, Stage> stagesById() {
    Map<String, Stage> byId = new LinkedHashMap<>();
    stages.forEach(stage -> byId.put(stage.id(), stage));
    return byId;
  }

  /** The exchanges that {@code stageId} reads from, main and side inputs, in graph order. */
  public List<Exchange> into(String stageId) {
    return exchanges.stream().filter(e -> e.consumerStage().equals(stageId)).toList();
  }

  /** The exchanges that {@code stageId} writes to, in graph order. */
  public List<Exchange> outOf(String stageId) {
    return exchanges.stream().filter(e -> e.producerStage().equals(stageId)).toList();
  }
}
