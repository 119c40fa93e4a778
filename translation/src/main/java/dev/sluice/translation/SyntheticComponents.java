package dev.sluice.translation;

import java.util.Optional;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;

/**
 * The pipeline's components and what translation adds to them: PCollections that exist between two
 * halves of a transform, and their coders.
 *
 * <p>Used by one translation, in its thread. Always true: what the SDK wrote is never changed, and
 * a new id never hides an old one.
 */
final class SyntheticComponents {

  private final RunnerApi.Components.Builder components;

  SyntheticComponents(RunnerApi.Components original) {
    components = original.toBuilder();
  }

  RunnerApi.Components build() {
    return components.build();
  }

  String nameOf(String transformId) {
    return components.getTransformsOrThrow(transformId).getUniqueName();
  }

  String coderOf(String collection) {
    return components.getPcollectionsOrThrow(collection).getCoderId();
  }

  RunnerApi.WindowingStrategy windowingOf(String collection) {
    return components.getWindowingStrategiesOrThrow(
        components.getPcollectionsOrThrow(collection).getWindowingStrategyId());
  }

  /** The coder of the keys of {@code collection}; empty if its coder is not one of pairs. */
  Optional<String> keyCoderOf(String collection) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderOf(collection));
    return Coders.isKv(coder) ? Optional.of(coder.getComponentCoderIds(0)) : Optional.empty();
  }

  /** A PCollection of what {@code accumulatorCoder} encodes, by the keys of {@code input}. */
  String accumulators(String transformId, String input, String accumulatorCoder) {
    String keyCoder = keyCoderOf(input).orElseThrow();
    String coder =
        coder(
            "KV<%s, %s>".formatted(keyCoder, accumulatorCoder),
            RunnerApi.Coder.newBuilder()
                .setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn(ModelCoders.KV_CODER_URN))
                .addComponentCoderIds(keyCoder)
                .addComponentCoderIds(accumulatorCoder)
                .build());
    return collection(transformId + "/accumulators", input, coder);
  }

  /** A PCollection of the panes of {@code input} as iterables. */
  String panes(String input) {
    String elementCoder = coderOf(input);
    String coder =
        coder(
            "Iterable<%s>".formatted(elementCoder),
            RunnerApi.Coder.newBuilder()
                .setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn(ModelCoders.ITERABLE_CODER_URN))
                .addComponentCoderIds(elementCoder)
                .build());
    return collection(input + "/panes", input, coder);
  }

  private String coder(String wantedId, RunnerApi.Coder coder) {
    String id = wantedId;
    for (int i = 2; components.containsCoders(id); i++) {
      if (components.getCodersOrThrow(id).equals(coder)) {
        return id;
      }
      id = wantedId + "#" + i;
    }
    components.putCoders(id, coder);
    return id;
  }

  private String collection(String wantedId, String like, String coder) {
    String id = wantedId;
    for (int i = 2; components.containsPcollections(id); i++) {
      id = wantedId + "#" + i;
    }
    components.putPcollections(
        id,
        components.getPcollectionsOrThrow(like).toBuilder()
            .setUniqueName(id)
            .setCoderId(coder)
            .build());
    return id;
  }
}
