package dev.sluice.translation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;

/**
 * Pipelines as users write them, by name, and the way by which the runner hands them to
 * translation.
 */
final class RealPipelines {
  private RealPipelines() {}

  static Map<String, Consumer<Pipeline>> byName() {
    Map<String, Consumer<Pipeline>> pipelines = new LinkedHashMap<>();
    pipelines.put("word-count", AggregatingPipelines::wordCount);
    pipelines.put("leaderboard", AggregatingPipelines::leaderboard);
    pipelines.put("sessions", AggregatingPipelines::sessions);
    pipelines.put("global-combine-as-view", AggregatingPipelines::globalCombineAsView);
    pipelines.put("combine-with-side-input", AggregatingPipelines::combineWithSideInput);
    pipelines.put("hot-key-fanout", AggregatingPipelines::hotKeyFanout);
    pipelines.put("test-stream-triggers", AggregatingPipelines::testStreamWithTriggers);
    pipelines.put("co-group-by-key", JoiningPipelines::coGroupByKey);
    pipelines.put("side-input-join", JoiningPipelines::sideInputJoin);
    pipelines.put("slowly-changing-side-input", JoiningPipelines::slowlyChangingSideInput);
    pipelines.put("side-inputs-of-all-kinds", JoiningPipelines::sideInputsOfAllKinds);
    pipelines.put("nested-flattens", JoiningPipelines::nestedFlattens);
    pipelines.put("flatten-of-reads", JoiningPipelines::flattenOfReads);
    pipelines.put("reshuffle", ShapingPipelines::reshuffle);
    pipelines.put("keyed-state-after-grouping", ShapingPipelines::keyedStateAfterGrouping);
    pipelines.put("group-into-batches", ShapingPipelines::groupIntoBatches);
    pipelines.put("several-outputs", ShapingPipelines::severalOutputs);
    pipelines.put("splittable", ShapingPipelines::splittable);
    pipelines.put("text-write", ShapingPipelines::textWrite);
    pipelines.put("windowed-file-write", ShapingPipelines::windowedFileWrite);
    pipelines.put("passert", ShapingPipelines::passert);
    return pipelines;
  }

  static JobGraph graphOf(Consumer<Pipeline> pipeline) {
    return JobGraphs.translate(protoOf(pipeline), false);
  }

  static RunnerApi.Pipeline protoOf(Consumer<Pipeline> transforms) {
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--runner=" + CrashingRunner.class.getName()).create());
    transforms.accept(pipeline);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    return PipelineTranslation.toProto(pipeline, SdkComponents.create(pipeline.getOptions()));
  }
}
