package dev.sluice.translation;

import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What a pipeline becomes before it runs: stages of fused transforms, joined by exchanges.
 *
 * <p>Immutable and free of behaviour; built once by {@link JobGraphs#translate} and read by
 * everybody after it. Always true: the stages are in topological order of the exchanges, every
 * PCollection id that a node or exchange names is in {@link #components}, and every node consumes
 * PCollections that are made in its own stage or enter it through its {@link Node.Input}. Who looks
 * stages or exchanges up makes a {@link StageIndex}, since a search of these lists for each stage
 * would be quadratic.
 *
 * @param components the pipeline's components, extended by what translation added (PCollections of
 *     partially combined values, coders of accumulators, iterables of side-input views)
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
}
