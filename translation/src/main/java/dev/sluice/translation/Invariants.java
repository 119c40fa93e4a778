package dev.sluice.translation;

import com.google.errorprone.annotations.FormatMethod;
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
 * What is true of every {@link JobGraph}, as checks that name the values they found.
 *
 * <p>Used once per check, by one thread. A broken invariant is a bug of translation (or of a test
 * that built its graph by hand), never of the user's pipeline, hence an {@link
 * IllegalStateException}.
 */
final class Invariants {

  private final JobGraph graph;
  private final StageIndex index;
  private final Environments environments;
  private final Map<String, Integer> stagePositions = new LinkedHashMap<>();
  private final Map<String, Set<String>> collectionsByStage = new HashMap<>();

  private Invariants(JobGraph graph) {
    this.graph = graph;
    this.index = StageIndex.of(graph);
    this.environments = new Environments(graph.components());
  }

  static void check(JobGraph graph) {
    Invariants invariants = new Invariants(graph);
    for (Stage stage : graph.stages()) {
      Integer other = invariants.stagePositions.put(stage.id(), invariants.stagePositions.size());
      require(other == null, "two stages have the id %s", stage.id());
      invariants.checkNodes(stage);
    }
    invariants.checkExchangeIds();
    graph.exchanges().forEach(invariants::checkExchange);
    graph.stages().forEach(invariants::checkInputs);
    graph.stages().forEach(invariants::checkKeys);
  }

  @FormatMethod
  private static void require(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalStateException("Broken job graph: " + message.formatted(values));
    }
  }

  // --- Within a stage ---------------------------------------------------------------------------

  private void checkNodes(Stage stage) {
    require(!stage.nodes().isEmpty(), "stage %s has no nodes", stage.id());
    Set<String> made = new LinkedHashSet<>();
    Optional<RunnerApi.Environment> environment = Optional.empty();
    for (Node node : stage.nodes()) {
      boolean root = node == stage.root();
      require(
          graph.components().containsTransforms(node.transformId()),
          "node %s of stage %s is of no transform in the components",
          node,
          stage.id());
      require(
          isRoot(node) == root,
          "node %s of stage %s must be %s",
          node,
          stage.id(),
          root ? "a source or an input, as it is the first" : "fused, as it is not the first");
      for (String input : node.inputs()) {
        require(
            made.contains(input),
            "node %s of stage %s reads %s, which no node before it makes; made are %s",
            node,
            stage.id(),
            input,
            made);
      }
      for (String output : node.outputs().values()) {
        checkCollection(output, stage.id());
        require(made.add(output), "stage %s makes %s twice", stage.id(), output);
      }
      Optional<RunnerApi.Environment> itsOwn = environments.of(node);
      require(
          environment.isEmpty() || itsOwn.isEmpty() || environment.equals(itsOwn),
          "node %s of stage %s is of environment %s, others are of %s",
          node,
          stage.id(),
          itsOwn.map(RunnerApi.Environment::getUrn).orElse("none"),
          environment.map(RunnerApi.Environment::getUrn).orElse("none"));
      environment = environment.or(() -> itsOwn);
    }
    collectionsByStage.put(stage.id(), made);
  }

  private static boolean isRoot(Node node) {
    return isSource(node) || node instanceof Node.Input;
  }

  private static boolean isSource(Node node) {
    return node instanceof Node.Impulse
        || node instanceof Node.Read
        || node instanceof Node.TestStream
        || node instanceof Node.Empty;
  }

  private void checkCollection(String id, String where) {
    RunnerApi.Components components = graph.components();
    require(components.containsPcollections(id), "%s names unknown PCollection %s", where, id);
    RunnerApi.PCollection collection = components.getPcollectionsOrThrow(id);
    require(
        components.containsCoders(collection.getCoderId()),
        "PCollection %s has unknown coder %s",
        id,
        collection.getCoderId());
    require(
        components.containsWindowingStrategies(collection.getWindowingStrategyId()),
        "PCollection %s has unknown windowing strategy %s",
        id,
        collection.getWindowingStrategyId());
  }

  // --- Between stages ---------------------------------------------------------------------------

  private void checkExchangeIds() {
    Set<String> ids = new HashSet<>();
    int lastProducer = 0;
    for (Exchange exchange : graph.exchanges()) {
      require(ids.add(exchange.id()), "two exchanges have the id %s", exchange.id());
      Integer producer = stagePositions.get(exchange.producerStage());
      Integer consumer = stagePositions.get(exchange.consumerStage());
      require(producer != null && consumer != null, "%s joins unknown stages", exchange);
      require(producer < consumer, "%s leads back in the order of the stages", exchange);
      require(lastProducer <= producer, "%s is not in the order of the producers", exchange);
      lastProducer = producer;
    }
  }

  private void checkExchange(Exchange exchange) {
    checkCollection(exchange.consumerCollection(), exchange.id());
    require(
        collectionsByStage.get(exchange.producerStage()).contains(exchange.producerCollection()),
        "%s carries what its producer does not make",
        exchange);
    RunnerApi.Components components = graph.components();
    String coder = components.getPcollectionsOrThrow(exchange.consumerCollection()).getCoderId();
    require(
        exchange.coderId().equals(coder),
        "%s has a coder other than that of its consumer's collection, %s",
        exchange,
        coder);
    Stage producer = index.stage(exchange.producerStage());
    Stage consumer = index.stage(exchange.consumerStage());
    switch (exchange.kind()) {
      case HASH ->
          require(
              Coders.isKv(components.getCodersOrThrow(coder)),
              "%s goes by key, but its coder is of %s",
              exchange,
              components.getCodersOrThrow(coder).getSpec().getUrn());
      case GATHER ->
          require(
              consumer.parallelism() == Stage.Parallelism.ONE,
              "%s gathers in a stage of more than one task",
              exchange);
      case BROADCAST ->
          require(
              isView(producer, exchange.producerCollection()),
              "%s broadcasts what is not a collected view",
              exchange);
      case FORWARD, REBALANCE -> {}
    }
    if (exchange.kind() != Exchange.Kind.BROADCAST) {
      require(
          consumer.root() instanceof Node.Input input
              && input.collection().equals(exchange.consumerCollection()),
          "%s leads to a stage whose root is %s",
          exchange,
          consumer.root());
    }
  }

  private static boolean isView(Stage stage, String collection) {
    return stage.nodes().stream()
        .anyMatch(n -> n instanceof Node.CollectView && n.outputs().containsValue(collection));
  }

  // --- What comes into a stage
  // --------------------------------------------------------------------

  private void checkInputs(Stage stage) {
    List<Exchange> main =
        index.into(stage.id()).stream().filter(e -> e.kind() != Exchange.Kind.BROADCAST).toList();
    if (stage.root() instanceof Node.Input) {
      require(!main.isEmpty(), "stage %s has an input but no exchange", stage.id());
      require(
          main.stream().map(Exchange::kind).distinct().count() == 1,
          "stage %s is fed by exchanges of several kinds: %s",
          stage.id(),
          main);
    }
    boolean single =
        isSource(stage.root())
            ? !(stage.root() instanceof Node.Read)
            : main.stream().allMatch(this::staysInOneTask);
    require(
        (stage.parallelism() == Stage.Parallelism.ONE) == single,
        "stage %s has parallelism %s, its root is %s and it is fed by %s",
        stage.id(),
        stage.parallelism(),
        stage.root(),
        main);
    checkSideInputs(stage);
  }

  private boolean staysInOneTask(Exchange exchange) {
    return switch (exchange.kind()) {
      case GATHER -> true;
      case FORWARD -> index.stage(exchange.producerStage()).parallelism() == Stage.Parallelism.ONE;
      case HASH, REBALANCE, BROADCAST -> false;
    };
  }

  private void checkSideInputs(Stage stage) {
    Map<String, Exchange> unused = new LinkedHashMap<>();
    Map<String, Exchange> broadcasts = new HashMap<>();
    for (Exchange exchange : index.into(stage.id())) {
      if (exchange.kind() == Exchange.Kind.BROADCAST) {
        unused.put(exchange.id(), exchange);
        broadcasts.put(exchange.id(), exchange);
      }
    }
    for (Node node : stage.nodes()) {
      if (node instanceof Node.ParDo parDo) {
        for (SideInput sideInput : parDo.sideInputs()) {
          Exchange exchange = broadcasts.get(sideInput.exchangeId());
          require(
              exchange != null,
              "%s of %s in stage %s has no broadcast exchange into its stage",
              sideInput,
              parDo.transformId(),
              stage.id());
          Node.Input viewed = (Node.Input) index.stage(exchange.producerStage()).root();
          require(
              viewed.collection().equals(sideInput.collection()),
              "%s of %s in stage %s gets the panes of %s",
              sideInput,
              parDo.transformId(),
              stage.id(),
              viewed.collection());
          unused.remove(exchange.id());
        }
      }
    }
    require(unused.isEmpty(), "stage %s looks at no pane of %s", stage.id(), unused.values());
  }

  /** Follows by which key the collections of a stage are partitioned. */
  private void checkKeys(Stage stage) {
    Set<String> partitioned = new HashSet<>();
    index.into(stage.id()).stream()
        .filter(e -> e.kind() == Exchange.Kind.HASH)
        .forEach(e -> partitioned.add(e.consumerCollection()));
    for (Node node : stage.nodes()) {
      boolean groups = node instanceof Node.GroupByKey || node instanceof Node.CombinePerKey;
      boolean keyed = groups || (node instanceof Node.ParDo parDo && parDo.keyed());
      require(
          !keyed || partitioned.containsAll(node.inputs()),
          "node %s of stage %s works by key, but its input is not partitioned by key",
          node,
          stage.id());
      require(
          !(node instanceof Node.CollectView) || stage.parallelism() == Stage.Parallelism.ONE,
          "stage %s collects a view in more than one task",
          stage.id());
      boolean keepsKeys =
          groups || (node instanceof Node.AssignWindows && partitioned.containsAll(node.inputs()));
      if (keepsKeys) {
        partitioned.addAll(node.outputs().values());
      }
    }
  }
}
