package dev.sluice.runner.storage;

import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import dev.sluice.worker.stage.Composites;
import dev.sluice.worker.stage.PipelineComponents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.CombinePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.StateSpec;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * What the state of a pipeline belongs to, so that a later version of it can say what fits and what
 * does not: each transform with state by its full name, its keys, its windowing, and the coder of
 * each of its states.
 *
 * <p>Made once when a job is submitted, with the job's class loader as the context loader. Always
 * true: the same pipeline has the same signature in each process.
 */
public final class Signatures {
  private final JobGraph graph;
  private final PipelineComponents components;
  private final NumberedNames numbered;

  private Signatures(JobGraph graph) {
    this.graph = graph;
    this.components = new PipelineComponents(graph.components(), Composites.of(graph.components()));
    this.numbered = new NumberedNames(graph.components());
  }

  /** The signature of each transform with state, in the order of the graph. */
  public static List<TransformSignature> of(JobGraph graph) {
    return new Signatures(graph).all();
  }

  /** The ids of the states that each DoFn declares, by the full name of its transform. */
  public static Map<String, Set<String>> declaredStates(JobGraph graph) {
    Map<String, Set<String>> states = new TreeMap<>();
    Signatures signatures = new Signatures(graph);
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        if (node instanceof Node.ParDo) {
          Set<String> ids = signatures.parDo(node).getStateSpecsMap().keySet();
          if (!ids.isEmpty()) {
            states.put(signatures.name(node), new TreeSet<>(ids));
          }
        }
      }
    }
    return states;
  }

  private ParDoPayload parDo(Node node) {
    try {
      return ParDoPayload.parseFrom(spec(node).getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw unreadable(node, e);
    }
  }

  private IllegalArgumentException unreadable(Node node, InvalidProtocolBufferException e) {
    return new IllegalArgumentException(
        "the payload of transform '" + name(node) + "' cannot be read", e);
  }

  private List<TransformSignature> all() {
    List<TransformSignature> all = new ArrayList<>();
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        try {
          add(node, all);
        } catch (InvalidProtocolBufferException e) {
          throw unreadable(node, e);
        }
      }
    }
    return all;
  }

  private void add(Node node, List<TransformSignature> to) throws InvalidProtocolBufferException {
    SortedMap<String, String> states = new TreeMap<>();
    if (node instanceof Node.Read || node instanceof Node.TestStream) {
      to.add(signature(node, "", "", states));
    } else if (node instanceof Node.GroupByKey group) {
      states.put("values", CoderText.of(keyed(group.input()).getValueCoder()));
      to.add(grouping(node, group.input(), states));
    } else if (node instanceof Node.CombinePerKey combine) {
      states.put("accumulator", coder(accumulatorOf(node)));
      to.add(grouping(node, combine.input(), states));
    } else if (node instanceof Node.CollectView collect) {
      states.put("values", CoderText.of(components.elementCoder(collect.input())));
      to.add(signature(node, "", windowing(collect.input(), true), states));
    } else if (node instanceof Node.ParDo parDo) {
      add(parDo, parDo(node), states);
      if (!states.isEmpty()) {
        to.add(
            signature(
                node,
                parDo.keyed() ? CoderText.of(keyed(parDo.input()).getKeyCoder()) : "",
                windowing(parDo.input(), false),
                states));
      }
    }
  }

  private TransformSignature grouping(Node node, String input, SortedMap<String, String> states) {
    String key = CoderText.of(keyed(input).getKeyCoder());
    return signature(node, key, windowing(input, true), states);
  }

  private TransformSignature signature(
      Node node, String keyCoder, String windowing, SortedMap<String, String> states) {
    String name = name(node);
    return new TransformSignature(name, keyCoder, windowing, states, numbered.digest(name));
  }

  private void add(Node.ParDo node, ParDoPayload payload, SortedMap<String, String> to) {
    payload.getStateSpecsMap().forEach((id, spec) -> to.put(id, state(spec)));
    payload
        .getTimerFamilySpecsMap()
        .forEach(
            (id, spec) ->
                to.put(
                    "timer " + id,
                    spec.getTimeDomain() == RunnerApi.TimeDomain.Enum.EVENT_TIME
                        ? "event time"
                        : "processing time"));
    if (!payload.getRestrictionCoderId().isEmpty()) {
      to.put("restriction", coder(payload.getRestrictionCoderId()));
    }
    if (payload.getRequiresStableInput()) {
      to.put("stable input", CoderText.of(components.elementCoder(node.input())));
    }
    if (payload.getSideInputsCount() > 0) {
      to.put("waiting for side inputs", CoderText.of(components.elementCoder(node.input())));
    }
    if (payload.getRequiresTimeSortedInput()) {
      to.put("sorted input", CoderText.of(components.elementCoder(node.input())));
    }
  }

  private String state(StateSpec spec) {
    return switch (spec.getSpecCase()) {
      case READ_MODIFY_WRITE_SPEC ->
          "value of " + coder(spec.getReadModifyWriteSpec().getCoderId());
      case BAG_SPEC -> "bag of " + coder(spec.getBagSpec().getElementCoderId());
      case COMBINING_SPEC ->
          "combined in " + coder(spec.getCombiningSpec().getAccumulatorCoderId());
      case MAP_SPEC ->
          "map of %s to %s"
              .formatted(
                  coder(spec.getMapSpec().getKeyCoderId()),
                  coder(spec.getMapSpec().getValueCoderId()));
      case MULTIMAP_SPEC ->
          "multimap of %s to %s"
              .formatted(
                  coder(spec.getMultimapSpec().getKeyCoderId()),
                  coder(spec.getMultimapSpec().getValueCoderId()));
      case SET_SPEC -> "set of " + coder(spec.getSetSpec().getElementCoderId());
      case ORDERED_LIST_SPEC ->
          "ordered list of " + coder(spec.getOrderedListSpec().getElementCoderId());
      case SPEC_NOT_SET -> "unknown";
    };
  }

  private String accumulatorOf(Node node) throws InvalidProtocolBufferException {
    return CombinePayload.parseFrom(spec(node).getPayload()).getAccumulatorCoderId();
  }

  private FunctionSpec spec(Node node) {
    return components.transform(node.transformId()).getSpec();
  }

  private String name(Node node) {
    return components.transform(node.transformId()).getUniqueName();
  }

  private String coder(String id) {
    return CoderText.of(components.coder(id));
  }

  private KvCoder<?, ?> keyed(String collection) {
    Coder<?> coder = components.elementCoder(collection);
    return (KvCoder<?, ?>) coder;
  }

  /** The windows; where panes are fired, also by what trigger. */
  private String windowing(String collection, boolean fires) {
    WindowingStrategy<?, ?> strategy = components.windowing(collection);
    String windows = windows(strategy.getWindowFn());
    return fires
        ? "%s, %s, %s".formatted(windows, strategy.getTrigger(), strategy.getMode())
        : windows;
  }

  private static String windows(WindowFn<?, ?> fn) {
    if (fn instanceof FixedWindows fixed) {
      return "FixedWindows(%s, %s)".formatted(fixed.getSize(), fixed.getOffset());
    }
    if (fn instanceof SlidingWindows sliding) {
      return "SlidingWindows(%s, %s, %s)"
          .formatted(sliding.getSize(), sliding.getPeriod(), sliding.getOffset());
    }
    if (fn instanceof Sessions sessions) {
      return "Sessions(%s)".formatted(sessions.getGapDuration());
    }
    return fn.getClass().getName();
  }
}
