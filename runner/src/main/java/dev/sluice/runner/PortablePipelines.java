package dev.sluice.runner;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.AppliedPTransform;
import org.apache.beam.sdk.runners.TransformHierarchy.Node;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.SplittableParDo;

/** Makes a portable pipeline of a Java one. Pure but for the pipeline, whose reads it replaces. */
final class PortablePipelines {
  private PortablePipelines() {}

  /**
   * The portable form of {@code pipeline}.
   *
   * @throws IllegalArgumentException if a transform has no portable form, naming it and saying why
   */
  static RunnerApi.Pipeline of(Pipeline pipeline) {
    LimitedReads.replaceIn(pipeline);
    // Sources run natively, not as splittable DoFns around them.
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    try {
      return PipelineTranslation.toProto(pipeline);
    } catch (RuntimeException | StackOverflowError e) {
      pipeline.traverseTopologically(new CulpritFinder(pipeline));
      throw new IllegalArgumentException(
          "the pipeline could not be made portable: " + e.getMessage(), e);
    }
  }

  /** Translates one transform after the other and names the first that fails. */
  private static final class CulpritFinder extends Pipeline.PipelineVisitor.Defaults {
    private final Pipeline pipeline;
    private final SdkComponents components;
    private final Map<Node, List<AppliedPTransform<?, ?, ?>>> children = new LinkedHashMap<>();

    CulpritFinder(Pipeline pipeline) {
      this.pipeline = pipeline;
      this.components = SdkComponents.create(pipeline.getOptions());
    }

    @Override
    public void visitPrimitiveTransform(Node node) {
      register(node);
      if (PTransformTranslation.urnForTransformOrNull(node.getTransform()) == null) {
        throw new IllegalArgumentException(
            "transform '%s' (%s) is a primitive that Sluice does not know. Make it a composite: have its expand apply transforms that Beam has, such as a ParDo"
                .formatted(node.getFullName(), node.getTransform().getClass().getName()));
      }
    }

    @Override
    public void leaveCompositeTransform(Node node) {
      if (!node.isRootNode()) {
        register(node);
      }
    }

    private void register(Node node) {
      AppliedPTransform<?, ?, ?> transform = node.toAppliedPTransform(pipeline);
      children.computeIfAbsent(node.getEnclosingNode(), n -> new ArrayList<>()).add(transform);
      try {
        components.registerPTransform(transform, children.getOrDefault(node, List.of()));
      } catch (Exception | StackOverflowError e) {
        throw new IllegalArgumentException(
            TranslationFailure.describe(node.getFullName(), transform, e), e);
      }
    }
  }
}
