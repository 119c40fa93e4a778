package dev.sluice.worker.stage;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * The job's coders and windowing strategies as Java objects, made from the proto when first asked
 * for.
 *
 * <p>Owned by one task: coders may hold state of their own, so tasks do not share them. Used when
 * operators are made, never per record.
 */
public final class PipelineComponents {
  private final RunnerApi.Components proto;
  private final Composites composites;
  private final RehydratedComponents rehydrated;
  private final Map<String, WindowingStrategy<?, ?>> strategies = new HashMap<>();

  /**
   * @param composites of the same pipeline
   */
  public PipelineComponents(RunnerApi.Components proto, Composites composites) {
    this.proto = proto;
    this.composites = composites;
    this.rehydrated = RehydratedComponents.forComponents(proto);
  }

  /** The components as translation left them. */
  public RunnerApi.Components proto() {
    return proto;
  }

  /** What is around each transform. */
  public Composites composites() {
    return composites;
  }

  /** For Beam's own translators which want it. */
  public RehydratedComponents rehydrated() {
    return rehydrated;
  }

  /** The transform as the proto has it. */
  public RunnerApi.PTransform transform(String transformId) {
    return proto.getTransformsOrThrow(transformId);
  }

  /** The coder of a PCollection's elements. */
  @SuppressWarnings("unchecked")
  public <T> Coder<T> elementCoder(String collectionId) {
    return (Coder<T>) coder(proto.getPcollectionsOrThrow(collectionId).getCoderId());
  }

  /** A coder by its id. */
  public Coder<?> coder(String coderId) {
    try {
      return rehydrated.getCoder(coderId);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "coder " + coderId + " cannot be read from the pipeline", e);
    }
  }

  /** The windowing strategy of a PCollection. */
  public WindowingStrategy<?, ?> windowing(String collectionId) {
    String id = proto.getPcollectionsOrThrow(collectionId).getWindowingStrategyId();
    return strategies.computeIfAbsent(id, this::readStrategy);
  }

  private WindowingStrategy<?, ?> readStrategy(String id) {
    try {
      return rehydrated.getWindowingStrategy(id);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "windowing strategy " + id + " cannot be read from the pipeline", e);
    }
  }
}
