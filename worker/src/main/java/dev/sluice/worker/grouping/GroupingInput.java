package dev.sluice.worker.grouping;

import dev.sluice.worker.stage.PipelineComponents;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * What a grouping must know of the PCollection that enters it.
 *
 * <p>Immutable; made once per operator.
 *
 * @param keyed whether the elements are {@code KV}s; if not, all of them are under the key null
 * @param keyCoder coder of the keys; of nothing if the elements have no key
 * @param valueCoder coder of the values; of the elements if they have no key
 * @param strategy how the elements are windowed and when panes fire
 */
record GroupingInput<K>(
    boolean keyed,
    Coder<K> keyCoder,
    Coder<Object> valueCoder,
    WindowingStrategy<?, BoundedWindow> strategy) {

  /** For a PCollection of {@code KV}s. */
  @SuppressWarnings("unchecked")
  static <K> GroupingInput<K> keyed(PipelineComponents components, String collection) {
    KvCoder<K, Object> coder = (KvCoder<K, Object>) (Coder<?>) components.elementCoder(collection);
    return new GroupingInput<>(
        true, coder.getKeyCoder(), coder.getValueCoder(), strategy(components, collection));
  }

  /** For a PCollection of anything, all under the key null. */
  static GroupingInput<Void> unkeyed(PipelineComponents components, String collection) {
    return new GroupingInput<>(
        false,
        VoidCoder.of(),
        components.elementCoder(collection),
        strategy(components, collection));
  }

  @SuppressWarnings("unchecked")
  private static WindowingStrategy<?, BoundedWindow> strategy(
      PipelineComponents components, String collection) {
    WindowingStrategy<?, BoundedWindow> strategy =
        (WindowingStrategy<?, BoundedWindow>) components.windowing(collection);
    RunnerApi.Components proto = components.proto();
    RunnerApi.WindowingStrategy asProto =
        proto.getWindowingStrategiesOrThrow(
            proto.getPcollectionsOrThrow(collection).getWindowingStrategyId());
    // Beam's reader of the proto forgets that a grouping before this one has merged the windows.
    return asProto.getMergeStatus() == RunnerApi.MergeStatus.Enum.ALREADY_MERGED
        ? strategy.withAlreadyMerged(true)
        : strategy;
  }
}
