package dev.sluice.worker.grouping;

import dev.sluice.translation.Node;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.Composites;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.PipelineComponents;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.POutput;

/**
 * A grouping within a real pipeline's proto, from which operators are made to be driven.
 *
 * <p>Immutable.
 */
record GroupingSubject(
    PipelineComponents components, String transformId, String transformName, String input) {
  private static final Map<String, String> NOWHERE = Map.of("out", "none");

  /** Makes an operator that sends its output where it is told. */
  interface Maker {
    GroupingOperator make(OperatorContext context, Receiver output);
  }

  static <K, V> GroupingSubject groupByKey(
      Coder<K> keyCoder, Coder<V> valueCoder, Window<KV<K, V>> window) {
    return of(
        keyCoder,
        valueCoder,
        window,
        GroupByKey.create(),
        PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN);
  }

  /** The second of two groupings by the same key, which groups what the first has grouped. */
  static <K, V> GroupingSubject regrouped(
      Coder<K> keyCoder, Coder<V> valueCoder, Window<KV<K, V>> window) {
    return of(
        keyCoder,
        valueCoder,
        window,
        new Twice<>(),
        PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN);
  }

  static <K, V, O> GroupingSubject combine(
      Coder<K> keyCoder,
      Coder<V> valueCoder,
      Window<KV<K, V>> window,
      GlobalCombineFn<? super V, ?, O> fn) {
    return of(
        keyCoder,
        valueCoder,
        window,
        org.apache.beam.sdk.transforms.Combine.<K, V, O>perKey(fn),
        PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN);
  }

  /** The combine within a singleton view, by a key that says nothing. */
  static <V> GroupingSubject singleton(
      Coder<V> valueCoder, Window<V> window, View.AsSingleton<V> view) {
    return of(valueCoder, window, view, PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN);
  }

  private static <K, V, O extends PCollection<?>> GroupingSubject of(
      Coder<K> keyCoder,
      Coder<V> valueCoder,
      Window<KV<K, V>> window,
      PTransform<PCollection<KV<K, V>>, O> grouping,
      String urn) {
    return of(KvCoder.of(keyCoder, valueCoder), window, grouping, urn);
  }

  private static <T, O extends POutput> GroupingSubject of(
      Coder<T> coder, Window<T> window, PTransform<PCollection<T>, O> grouping, String urn) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.empty(coder)).apply(window).apply("group", grouping);
    RunnerApi.Components components = PipelineTranslation.toProto(pipeline).getComponents();
    Map.Entry<String, RunnerApi.PTransform> transform =
        components.getTransformsMap().entrySet().stream()
            .filter(entry -> entry.getValue().getSpec().getUrn().equals(urn))
            .max(Comparator.comparing(entry -> entry.getValue().getUniqueName()))
            .orElseThrow();
    return new GroupingSubject(
        new PipelineComponents(components, Composites.of(components)),
        transform.getKey(),
        transform.getValue().getUniqueName(),
        transform.getValue().getInputsMap().values().iterator().next());
  }

  /** The transform that puts elements into the windows, before a grouping. */
  static <K, V> GroupingSubject assignWindows(
      Coder<K> keyCoder, Coder<V> valueCoder, Window<KV<K, V>> window) {
    return of(
        keyCoder,
        valueCoder,
        window,
        GroupByKey.create(),
        PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN);
  }

  /** What the engine chooses for the GroupByKey. */
  GroupingDriver chosenGroupByKey() {
    return new GroupingDriver(
        this, (context, output) -> GroupingOperators.create(context, groupByKeyNode(), output));
  }

  /** The general path, whatever the engine would choose. */
  GroupingDriver generalGroupByKey() {
    return new GroupingDriver(
        this, (context, output) -> GeneralGrouping.groupByKey(context, groupByKeyNode(), output));
  }

  /** What the engine chooses for the combine. */
  GroupingDriver chosenCombine() {
    return new GroupingDriver(
        this, (context, output) -> GroupingOperators.create(context, combineNode(), output));
  }

  /** The general path, whatever the engine would choose. */
  GroupingDriver generalCombine() {
    return new GroupingDriver(
        this, (context, output) -> GeneralGrouping.combinePerKey(context, combineNode(), output));
  }

  /** The combine as one that takes the newest value. */
  GroupingDriver newest() {
    Node node = new Node.CombinePerKey(transformId, input, Node.Combining.NEWEST, NOWHERE);
    return new GroupingDriver(
        this, (context, output) -> GroupingOperators.create(context, node, output));
  }

  /** A combine before the exchange, joined to what the engine chooses after it. */
  GroupingDriver liftedCombine() {
    return new GroupingDriver(
        this,
        (context, output) -> {
          GroupingOperator after = GroupingOperators.create(context, combineNode(), output);
          Node before = new Node.PartialCombine(transformId, input, NOWHERE);
          return new Chain(GroupingOperators.create(context, before, after), after);
        });
  }

  /** The combine before the exchange alone. */
  GroupingDriver partialCombine() {
    Node node = new Node.PartialCombine(transformId, input, NOWHERE);
    return new GroupingDriver(
        this, (context, output) -> GroupingOperators.create(context, node, output));
  }

  /** The side input made of the grouping's input: of {@code KV}s, which it does not look into. */
  GroupingDriver collectView() {
    Node node = new Node.CollectView(transformId, input, NOWHERE);
    return new GroupingDriver(
        this, (context, output) -> GroupingOperators.create(context, node, output));
  }

  /** The general path, whatever the engine would choose. */
  GroupingDriver generalCollectView() {
    Node.CollectView node = new Node.CollectView(transformId, input, NOWHERE);
    return new GroupingDriver(
        this, (context, output) -> GeneralGrouping.collectView(context, node, output));
  }

  /** The assignment of windows. */
  GroupingDriver chosenAssignWindows() {
    Node.AssignWindows node = new Node.AssignWindows(transformId, input, NOWHERE);
    return new GroupingDriver(
        this, (context, output) -> GroupingOperators.create(context, node, output));
  }

  Node.GroupByKey groupByKeyNode() {
    return new Node.GroupByKey(transformId, input, NOWHERE);
  }

  private Node.CombinePerKey combineNode() {
    return new Node.CombinePerKey(transformId, input, Node.Combining.LIFTED, NOWHERE);
  }

  private static final class Twice<K, V>
      extends PTransform<PCollection<KV<K, V>>, PCollection<KV<K, Iterable<Iterable<V>>>>> {
    @Override
    public PCollection<KV<K, Iterable<Iterable<V>>>> expand(PCollection<KV<K, V>> input) {
      return input.apply("1", GroupByKey.create()).apply("2", GroupByKey.create());
    }
  }

  /** Two operators as one. */
  record Chain(GroupingOperator before, GroupingOperator after) implements GroupingOperator {
    @Override
    public void open() throws Exception {
      before.open();
      after.open();
    }

    @Override
    public void startBundle() {
      before.startBundle();
      after.startBundle();
    }

    @Override
    public void receive(
        Object value,
        long timestampMs,
        Collection<? extends BoundedWindow> windows,
        PaneInfo pane) {
      before.receive(value, timestampMs, windows, pane);
    }

    @Override
    public void finishBundle() {
      before.finishBundle();
      after.finishBundle();
    }

    @Override
    public void endSlice() {
      before.endSlice();
      after.endSlice();
    }

    @Override
    public void advanceWatermark(long inputWatermarkMs) {
      before.advanceWatermark(inputWatermarkMs);
      after.advanceWatermark(before.outputWatermarkMs());
    }

    @Override
    public long outputWatermarkMs() {
      return after.outputWatermarkMs();
    }

    @Override
    public boolean hasDueWork() {
      return after.hasDueWork();
    }

    @Override
    public int fireTimers(int limit) {
      return after.fireTimers(limit);
    }

    @Override
    public long nextProcessingTimeMs() {
      return after.nextProcessingTimeMs();
    }
  }
}
