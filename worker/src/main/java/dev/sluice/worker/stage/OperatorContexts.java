package dev.sluice.worker.stage;

import dev.sluice.translation.Node;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/**
 * Makes what each operator of one task is handed.
 *
 * @param components the job's
 * @param task in which the operators run
 * @param metrics where the steps of the task count
 */
public record OperatorContexts(
    PipelineComponents components, TaskContext task, MetricsContainerStepMap metrics) {

  /**
   * Makes something for a transform.
   *
   * @throws TransformException naming the transform, whatever {@code maker} throws
   */
  public <T> T make(Node node, Function<OperatorContext, T> maker) {
    try {
      return maker.apply(of(node));
    } catch (TransformException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new TransformException(nameOf(node), e);
    }
  }

  private OperatorContext of(Node node) {
    return new OperatorContext(
        node.transformId(),
        nameOf(node),
        components,
        task,
        metrics.getContainer(components.transform(node.transformId()).getUniqueName()));
  }

  /** The name under which the user knows a transform, and its state is saved. */
  public String nameOf(Node node) {
    return nameOf(components.proto(), node);
  }

  /**
   * The name under which the user knows a transform, and its state is saved. The collecting of a
   * side input has one of its own: its transform runs in another stage.
   */
  public static String nameOf(RunnerApi.Components components, Node node) {
    return node instanceof Node.CollectView collect
        ? components.getPcollectionsOrThrow(collect.input()).getUniqueName() + "/CollectView"
        : components.getTransformsOrThrow(node.transformId()).getUniqueName();
  }
}
