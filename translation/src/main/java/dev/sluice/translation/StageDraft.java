package dev.sluice.translation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * A stage while transforms are still being added to it.
 *
 * <p>Owned by one {@link GraphDraft}. Always true: nodes come after the producers of their inputs,
 * and all nodes with user code are of one environment.
 */
final class StageDraft {

  /** A side input of a ParDo, before the exchange has its id. */
  record SideInputDraft(String localName, String collection, ExchangeDraft exchange) {}

  /** How many stages were drafted before; breaks ties between stages that no exchange orders. */
  final int serial;

  /** Exchanges that begin here. */
  final List<ExchangeDraft> outgoing = new ArrayList<>();

  /** Exchanges that end here. */
  final List<ExchangeDraft> incoming = new ArrayList<>();

  /** The stages that {@link #outgoing} lead to. */
  final Set<StageDraft> consumers = new LinkedHashSet<>();

  /** The length of the longest way to here over exchanges; kept by {@link GraphDraft}. */
  int level;

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, List<SideInputDraft>> sideInputs = new LinkedHashMap<>();
  private final Map<String, ExchangeDraft> broadcasts = new LinkedHashMap<>();
  private final Set<String> partitioned = new HashSet<>();
  private final Map<String, Integer> depths = new HashMap<>();
  private int deepest;
  private Optional<RunnerApi.Environment> environment = Optional.empty();

  StageDraft(int serial) {
    this.serial = serial;
  }

  void add(Node node) {
    nodes.add(node);
    int depth = node.inputs().isEmpty() ? 0 : 1 + depthOf(node.inputs());
    node.outputs().values().forEach(output -> depths.put(output, depth));
    deepest = Math.max(deepest, depth);
  }

  /** Adds a ParDo; {@code draft.sideInputs} are filled in when the exchanges have their ids. */
  void add(Node.ParDo draft, List<SideInputDraft> itsSideInputs) {
    add(draft);
    sideInputs.put(draft.transformId(), itsSideInputs);
  }

  List<Node> nodes() {
    return nodes;
  }

  Node root() {
    return nodes.get(0);
  }

  List<SideInputDraft> sideInputsOf(Node.ParDo node) {
    return sideInputs.get(node.transformId());
  }

  /**
   * How many calls deep an element of one of {@code collections} is: how many transforms, one
   * inside the other, it has come through since it entered the stage. What is not in the stage yet
   * is as deep as all that is.
   */
  int depthOf(Collection<String> collections) {
    int depth = 0;
    for (String collection : collections) {
      depth = Math.max(depth, depths.getOrDefault(collection, deepest));
    }
    return depth;
  }

  /** Whether code of {@code wanted} may run in this stage. */
  boolean accepts(Optional<RunnerApi.Environment> wanted) {
    return wanted.isEmpty() || environment.isEmpty() || environment.equals(wanted);
  }

  void enter(Optional<RunnerApi.Environment> entered) {
    if (environment.isEmpty()) {
      environment = entered;
    }
  }

  /** The exchange that brings the panes of {@code collection}, if the stage has it already. */
  Optional<ExchangeDraft> broadcastOf(String collection) {
    return Optional.ofNullable(broadcasts.get(collection));
  }

  void addBroadcast(String collection, ExchangeDraft exchange) {
    broadcasts.put(collection, exchange);
  }

  /** Notes that each element of {@code collection} is in the task that owns its key. */
  void markPartitioned(String collection) {
    partitioned.add(collection);
  }

  boolean isPartitioned(String collection) {
    return partitioned.contains(collection);
  }
}
