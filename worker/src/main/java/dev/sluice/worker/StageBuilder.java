package dev.sluice.worker;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.translation.Exchange;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import dev.sluice.worker.exchange.ExchangeWriter;
import dev.sluice.worker.grouping.GroupingOperators;
import dev.sluice.worker.pardo.DebugOptions;
import dev.sluice.worker.pardo.ParDoOperator;
import dev.sluice.worker.pardo.SharedSideInputs;
import dev.sluice.worker.pardo.SideInputs;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.rows.SchemaReceiver;
import dev.sluice.worker.source.SourceOperators;
import dev.sluice.worker.stage.BundleLimits;
import dev.sluice.worker.stage.BundleOptions;
import dev.sluice.worker.stage.CodedReceiver;
import dev.sluice.worker.stage.FlattenOperator;
import dev.sluice.worker.stage.JavaStage;
import dev.sluice.worker.stage.Operator;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.PipelineComponents;
import dev.sluice.worker.stage.Receivers;
import dev.sluice.worker.stage.TaskContext;
import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.stage.WatermarkFloor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/**
 * Makes the operators of one stage for one task and wires them, from the last to the first, so that
 * each is made with the receivers of its outputs at hand.
 *
 * <p>Used once, by the thread of a {@link TaskAssembly}. What cannot be made is named by its
 * transform.
 */
final class StageBuilder {
  private final Stage stage;
  private final PipelineComponents components;
  private final TaskContext task;
  private final MetricsContainerStepMap metrics;
  private final Map<String, List<SourceSplit>> splits;
  private final SideInputs sideInputs;
  private final Map<String, Deque<Receiver>> readers = new LinkedHashMap<>();
  private final Deque<JavaStage.Part> parts = new ArrayDeque<>();

  StageBuilder(
      Stage stage,
      PipelineComponents components,
      TaskContext task,
      MetricsContainerStepMap metrics,
      Map<String, List<SourceSplit>> splits,
      SharedSideInputs shared) {
    this.stage = stage;
    this.components = components;
    this.task = task;
    this.metrics = metrics;
    this.splits = splits;
    this.sideInputs = new SideInputs(task.state(), shared, task.parallelism());
  }

  JavaStage build(List<Exchange> inputs, List<ExchangeWriter> outputs) {
    for (ExchangeWriter output : outputs) {
      readersOf(output.exchange().producerCollection()).addLast(throughFlatten(output));
    }
    List<Node> nodes = stage.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      add(nodes.get(i));
    }
    Receiver root = stage.root() instanceof Node.Input input ? receiver(input.collection()) : null;
    boolean keyed = inputs.stream().anyMatch(e -> e.kind() == Exchange.Kind.HASH);
    return new JavaStage(
        new ArrayList<>(parts), root, keyed, new Panes(sideInputs), bundleLimits());
  }

  private BundleLimits bundleLimits() {
    if (stage.isBounded(components.proto())) {
      return BundleLimits.SIZE;
    }
    long mostMs = task.options().as(BundleOptions.class).getMaxBundleMs();
    boolean buffers = parts.stream().anyMatch(part -> part.operator().bundleSize() != null);
    return buffers && mostMs > BundleLimits.SLICE_MS
        ? BundleLimits.ofMs(mostMs)
        : BundleLimits.SLICE;
  }

  /** A Flatten that was merged into an exchange is a PCollection of its own, with its schema. */
  private Receiver throughFlatten(ExchangeWriter output) {
    String flattened = output.exchange().consumerCollection();
    if (flattened.equals(output.exchange().producerCollection())
        || !components.proto().containsPcollections(flattened)) {
      return output;
    }
    String name = components.proto().getPcollectionsOrThrow(flattened).getUniqueName();
    return SchemaReceiver.of(name, components.elementCoder(flattened), output);
  }

  private void add(Node node) {
    if (node instanceof Node.Input) {
      return;
    }
    Operator operator = operator(node);
    parts.addFirst(
        new JavaStage.Part(
            operator, node.inputs(), List.copyOf(node.outputs().values()), floor(node)));
    for (String input : node.inputs()) {
      readersOf(input).addFirst((Receiver) operator);
    }
  }

  private WatermarkFloor floor(Node node) {
    boolean hasState =
        node instanceof Node.ParDo parDo
            ? parDo.keyed() || parDo.splittable() || !parDo.sideInputs().isEmpty()
            : node instanceof Node.GroupByKey
                || node instanceof Node.CombinePerKey
                || node instanceof Node.CollectView;
    return hasState ? new WatermarkFloor(task.state(), name(node), WatermarkFloor.STATE_ID) : null;
  }

  private Operator operator(Node node) {
    try {
      return create(node);
    } catch (TransformException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new TransformException(name(node), e);
    }
  }

  private Operator create(Node node) {
    if (node instanceof Node.ParDo parDo) {
      Map<String, Receiver> outputs = new LinkedHashMap<>();
      node.outputs().forEach((name, collection) -> outputs.put(name, output(node, collection)));
      return new ParDoOperator(context(node), parDo, outputs, sideInputs);
    }
    Receiver output = output(node, node.outputs().values().iterator().next());
    if (node instanceof Node.Flatten) {
      return new FlattenOperator(output);
    }
    if (node == stage.root()) {
      return SourceOperators.create(
          context(node), node, splits.getOrDefault(node.transformId(), List.of()), output);
    }
    return GroupingOperators.create(context(node), node, output);
  }

  private OperatorContext context(Node node) {
    return new OperatorContext(
        node.transformId(),
        name(node),
        components,
        task,
        metrics.getContainer(components.transform(node.transformId()).getUniqueName()));
  }

  private String name(Node node) {
    return nameOf(components.proto(), node);
  }

  /**
   * The name under which the user knows a transform, and its state is saved. The collecting of a
   * side input has one of its own: its transform runs in another stage.
   */
  static String nameOf(RunnerApi.Components components, Node node) {
    return node instanceof Node.CollectView collect
        ? components.getPcollectionsOrThrow(collect.input()).getUniqueName() + "/CollectView"
        : components.getTransformsOrThrow(node.transformId()).getUniqueName();
  }

  private Deque<Receiver> readersOf(String collection) {
    return readers.computeIfAbsent(collection, id -> new ArrayDeque<>());
  }

  private Receiver output(Node node, String collection) {
    Receiver receiver = receiver(collection);
    // What a partial combine gives on is an element of its input, or none but an accumulator.
    if (node instanceof Node.PartialCombine
        || !components.proto().containsPcollections(collection)) {
      return receiver;
    }
    if (task.options().as(DebugOptions.class).isCheckEncodability()) {
      return new CodedReceiver(name(node), components.elementCoder(collection), receiver);
    }
    // What a grouping gives on has had its schema since the grouping's input.
    return node instanceof Node.GroupByKey || node instanceof Node.CollectView
        ? receiver
        : SchemaReceiver.of(name(node), components.elementCoder(collection), receiver);
  }

  private Receiver receiver(String collection) {
    return Receivers.of(new ArrayList<>(readersOf(collection)));
  }

  /** Unpacks the batches of side inputs. */
  private record Panes(SideInputs sideInputs) implements JavaStage.SidePanes {
    @Override
    public void receive(String exchangeId, Batch batch) {
      for (int i = 0; i < batch.size(); i++) {
        sideInputs.receive(exchangeId, batch.value(i), batch.windows(i), batch.pane(i));
      }
    }

    @Override
    public void advanceWatermark(String exchangeId, long watermarkMs) {
      sideInputs.advanceWatermark(exchangeId, watermarkMs);
    }
  }
}
