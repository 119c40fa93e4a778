package dev.sluice.worker;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.translation.Exchange;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import dev.sluice.worker.body.Body;
import dev.sluice.worker.body.BodyFactory;
import dev.sluice.worker.body.BodySpec;
import dev.sluice.worker.exchange.ExchangeWriter;
import dev.sluice.worker.grouping.GroupingOperators;
import dev.sluice.worker.pardo.SideInputs;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.rows.ElementForm;
import dev.sluice.worker.rows.SchemaReceiver;
import dev.sluice.worker.source.SourceOperators;
import dev.sluice.worker.stage.BundleLimits;
import dev.sluice.worker.stage.BundleOptions;
import dev.sluice.worker.stage.FlattenOperator;
import dev.sluice.worker.stage.JavaStage;
import dev.sluice.worker.stage.Operator;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.OperatorContexts;
import dev.sluice.worker.stage.PipelineComponents;
import dev.sluice.worker.stage.Receivers;
import dev.sluice.worker.stage.WatermarkFloor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the operators of one stage for one task and wires them, from the last to the first, so that
 * the receivers of its outputs exist when an operator is made. What runs user code is made by a
 * {@link BodyFactory}, one body of fused ParDos at a time.
 *
 * <p>Used once, by the thread of a {@link TaskAssembly}. What cannot be made is named by its
 * transform.
 */
final class StageBuilder {
  private final Stage stage;
  private final OperatorContexts contexts;
  private final Map<String, List<SourceSplit>> splits;
  private final SideInputs sideInputs;
  private final BodyFactory bodies;
  private final Map<String, Deque<Receiver>> readers = new LinkedHashMap<>();
  private final Deque<JavaStage.Part> parts = new ArrayDeque<>();

  /**
   * @param splits of the job's sources, by the id of their transform
   * @param bodies makes what runs user code
   */
  StageBuilder(
      Stage stage,
      OperatorContexts contexts,
      Map<String, List<SourceSplit>> splits,
      SideInputs sideInputs,
      BodyFactory bodies) {
    this.stage = stage;
    this.contexts = contexts;
    this.splits = splits;
    this.sideInputs = sideInputs;
    this.bodies = bodies;
  }

  JavaStage build(List<Exchange> inputs, List<ExchangeWriter> outputs) {
    for (ExchangeWriter output : outputs) {
      readersOf(output.exchange().producerCollection()).addLast(throughFlatten(output));
    }
    Map<Node, List<Node.ParDo>> bodiesByFirst = bodiesByFirst();
    List<Node> nodes = stage.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (bodiesByFirst.containsKey(node)) {
        addBody(bodiesByFirst.get(node));
      } else if (!(node instanceof Node.ParDo || node instanceof Node.Input)) {
        add(node);
      }
    }
    Receiver root = stage.root() instanceof Node.Input input ? receiver(input.collection()) : null;
    boolean keyed = inputs.stream().anyMatch(e -> e.kind() == Exchange.Kind.HASH);
    return new JavaStage(
        new ArrayList<>(parts), root, keyed, new Panes(sideInputs), bundleLimits());
  }

  /**
   * The fused bodies, by the ParDo that their elements meet first: one that reads what another one
   * makes belongs to the body of that one.
   */
  private Map<Node, List<Node.ParDo>> bodiesByFirst() {
    Map<Node, List<Node.ParDo>> byFirst = new LinkedHashMap<>();
    Map<String, List<Node.ParDo>> byCollection = new LinkedHashMap<>();
    for (Node node : stage.nodes()) {
      if (node instanceof Node.ParDo parDo) {
        List<Node.ParDo> body = byCollection.get(parDo.input());
        if (body == null) {
          body = new ArrayList<>();
          byFirst.put(parDo, body);
        }
        body.add(parDo);
        for (String made : parDo.outputs().values()) {
          byCollection.put(made, body);
        }
      }
    }
    return byFirst;
  }

  /** All that reads what the body makes has been added. */
  private void addBody(List<Node.ParDo> transforms) {
    Map<String, Receiver> outputs = new LinkedHashMap<>();
    for (Node.ParDo transform : transforms) {
      for (String made : transform.outputs().values()) {
        if (readers.containsKey(made)) {
          outputs.put(made, receiver(made));
        }
      }
    }
    Body body = bodies.create(new BodySpec(transforms, contexts, outputs, sideInputs));
    for (int i = body.parts().size() - 1; i >= 0; i--) {
      parts.addFirst(body.parts().get(i));
    }
    readersOf(transforms.get(0).input()).addFirst(body.input());
  }

  private BundleLimits bundleLimits() {
    if (stage.isBounded(components().proto())) {
      return BundleLimits.SIZE;
    }
    long mostMs = contexts.task().options().as(BundleOptions.class).getMaxBundleMs();
    boolean buffers = parts.stream().anyMatch(part -> part.operator().bundleSize() != null);
    return buffers && mostMs > BundleLimits.SLICE_MS
        ? BundleLimits.ofMs(mostMs)
        : BundleLimits.SLICE;
  }

  /** A Flatten that was merged into an exchange is a PCollection of its own, with its schema. */
  private Receiver throughFlatten(ExchangeWriter output) {
    String flattened = output.exchange().consumerCollection();
    if (flattened.equals(output.exchange().producerCollection())
        || !components().proto().containsPcollections(flattened)) {
      return output;
    }
    String name = components().proto().getPcollectionsOrThrow(flattened).getUniqueName();
    return SchemaReceiver.of(name, components().elementCoder(flattened), output);
  }

  private void add(Node node) {
    Operator operator = contexts.make(node, context -> create(context, node));
    parts.addFirst(
        new JavaStage.Part(
            operator, node.inputs(), List.copyOf(node.outputs().values()), floor(node)));
    for (String input : node.inputs()) {
      readersOf(input).addFirst((Receiver) operator);
    }
  }

  private WatermarkFloor floor(Node node) {
    boolean hasState =
        node instanceof Node.GroupByKey
            || node instanceof Node.CombinePerKey
            || node instanceof Node.CollectView;
    return hasState
        ? new WatermarkFloor(
            contexts.task().state(), contexts.nameOf(node), WatermarkFloor.STATE_ID)
        : null;
  }

  private Operator create(OperatorContext context, Node node) {
    Receiver output = output(context, node, node.outputs().values().iterator().next());
    if (node instanceof Node.Flatten) {
      return new FlattenOperator(output);
    }
    if (node == stage.root()) {
      return SourceOperators.create(
          context, node, splits.getOrDefault(node.transformId(), List.of()), output);
    }
    return GroupingOperators.create(context, node, output);
  }

  private PipelineComponents components() {
    return contexts.components();
  }

  private Deque<Receiver> readersOf(String collection) {
    return readers.computeIfAbsent(collection, id -> new ArrayDeque<>());
  }

  private Receiver output(OperatorContext context, Node node, String collection) {
    Receiver receiver = receiver(collection);
    if (node instanceof Node.PartialCombine) {
      // What it gives on is an element of its input, or none but an accumulator.
      return receiver;
    }
    return node instanceof Node.GroupByKey || node instanceof Node.CollectView
        ? ElementForm.ofRegrouped(context, collection, receiver)
        : ElementForm.of(context, collection, receiver);
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
