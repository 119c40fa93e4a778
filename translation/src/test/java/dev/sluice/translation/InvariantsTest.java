package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Breaks a good graph in one place at a time; each break must be found and told with its values.
 */
class InvariantsTest {

  private JobGraph graph;

  /** s1: read map sum-partial; s2: &lt; view of read; s3: &lt; sum look; e3 broadcasts s2 to s3. */
  @BeforeEach
  void translate() {
    ProtoPipeline p = new ProtoPipeline();
    String read = p.read("read");
    String sum = p.combine("sum", p.parDo("map", read));
    p.parDo("look", sum, read);
    p.parDoIn(ProtoPipeline.PYTHON, "python", read, UnaryOperator.identity());
    graph = p.translate();
  }

  private void broken(JobGraph changed, String... messages) {
    var check = assertThatThrownBy(() -> JobGraphs.check(changed));
    check.isInstanceOf(IllegalStateException.class).hasMessageStartingWith("Broken job graph: ");
    for (String message : messages) {
      check.hasMessageContaining(message);
    }
  }

  private JobGraph withStages(List<Stage> stages) {
    return new JobGraph(graph.components(), stages, graph.exchanges(), false);
  }

  private JobGraph withStage(int index, UnaryOperator<Stage> change) {
    List<Stage> stages = new ArrayList<>(graph.stages());
    stages.set(index, change.apply(stages.get(index)));
    return withStages(stages);
  }

  private JobGraph withNodes(int index, UnaryOperator<List<Node>> change) {
    return withStage(
        index,
        s ->
            new Stage(s.id(), s.name(), change.apply(new ArrayList<>(s.nodes())), s.parallelism()));
  }

  private JobGraph withExchange(int index, UnaryOperator<Exchange> change) {
    List<Exchange> exchanges = new ArrayList<>(graph.exchanges());
    exchanges.set(index, change.apply(exchanges.get(index)));
    return new JobGraph(graph.components(), graph.stages(), exchanges, false);
  }

  private int stageWith(Class<? extends Node> kind) {
    for (int i = 0; i < graph.stages().size(); i++) {
      if (graph.stages().get(i).nodes().stream().anyMatch(kind::isInstance)) {
        return i;
      }
    }
    throw new AssertionError("no " + kind);
  }

  private int exchangeOf(Exchange.Kind kind) {
    for (int i = 0; i < graph.exchanges().size(); i++) {
      if (graph.exchanges().get(i).kind() == kind) {
        return i;
      }
    }
    throw new AssertionError("no " + kind);
  }

  private static Exchange as(Exchange e, Exchange.Kind kind) {
    return new Exchange(
        e.id(),
        e.producerStage(),
        e.producerCollection(),
        e.consumerStage(),
        e.consumerCollection(),
        kind,
        e.coderId());
  }

  private static List<Node> dropped(List<Node> nodes, int index) {
    nodes.remove(index);
    return nodes;
  }

  @Test
  void theGraphItselfIsSound() {
    JobGraphs.check(graph);
  }

  @Test
  void stagesAreInTopologicalOrderAndUnique() {
    List<Stage> reversed = new ArrayList<>(graph.stages());
    Collections.reverse(reversed);
    broken(withStages(reversed), "leads back in the order of the stages");
    broken(withStage(1, s -> graph.stages().get(0)), "two stages have the id s1");
    broken(withNodes(0, nodes -> List.of()), "stage s1 has no nodes");
  }

  @Test
  void nodesAreInTopologicalOrderUnderOneRoot() {
    broken(withNodes(0, nodes -> dropped(nodes, 0)), "ParDo[transformId=map", "must be a source");
    broken(withNodes(0, nodes -> dropped(nodes, 1)), "reads map.out, which no node before it");
    broken(
        withNodes(
            0,
            nodes -> {
              nodes.add(new Node.Impulse("read", Map.of()));
              return nodes;
            }),
        "Impulse[transformId=read",
        "must be fused");
  }

  @Test
  void collectionsAreKnownAndMadeOnce() {
    broken(
        withNodes(
            0,
            nodes -> {
              nodes.add(nodes.get(1));
              return nodes;
            }),
        "stage s1 makes map.out twice");
    broken(
        withNodes(
            0,
            nodes -> {
              nodes.add(new Node.AssignWindows("map", "map.out", Map.of("out", "elsewhere")));
              return nodes;
            }),
        "s1 names unknown PCollection elsewhere");
    broken(
        withNodes(
            0,
            nodes -> {
              nodes.add(new Node.AssignWindows("gone", "map.out", Map.of()));
              return nodes;
            }),
        "transformId=gone",
        "of no transform");
  }

  @Test
  void aStageIsOfOneEnvironment() {
    broken(
        withNodes(
            0,
            nodes -> {
              nodes.add(new Node.ParDo("python", "map.out", List.of(), false, false, Map.of()));
              return nodes;
            }),
        "environment beam:env:python:v1, others are of beam:env:java:v1");
  }

  @Test
  void exchangesFitTheirEnds() {
    int hash = exchangeOf(Exchange.Kind.HASH);
    broken(
        withExchange(
            hash,
            e ->
                new Exchange(
                    e.id(),
                    e.producerStage(),
                    "look.out",
                    e.consumerStage(),
                    e.consumerCollection(),
                    e.kind(),
                    e.coderId())),
        "carries what its producer does not make");
    broken(
        withExchange(
            hash,
            e ->
                new Exchange(
                    e.id(),
                    e.producerStage(),
                    e.producerCollection(),
                    e.consumerStage(),
                    e.consumerCollection(),
                    e.kind(),
                    "bytes")),
        "has a coder other than");
    broken(withExchange(hash, e -> as(e, Exchange.Kind.REBALANCE)), "is not partitioned by key");
    broken(withExchange(hash, e -> as(e, Exchange.Kind.GATHER)), "stage of more than one task");
    broken(withExchange(hash, e -> as(e, Exchange.Kind.BROADCAST)), "is not a collected view");
    broken(withExchange(1, e -> graph.exchanges().get(0)), "two exchanges have the id e1");
  }

  @Test
  void aStageHasTheTasksItsInputNeeds() {
    broken(
        withStage(0, s -> new Stage(s.id(), s.name(), s.nodes(), Stage.Parallelism.ONE)),
        "stage s1 has parallelism ONE");
    int view = stageWith(Node.CollectView.class);
    broken(
        withStage(view, s -> new Stage(s.id(), s.name(), s.nodes(), Stage.Parallelism.JOB)),
        "gathers in a stage of more than one task");
  }

  @Test
  void sideInputsHaveTheirBroadcast() {
    int broadcast = exchangeOf(Exchange.Kind.BROADCAST);
    List<Exchange> without = new ArrayList<>(graph.exchanges());
    without.remove(broadcast);
    broken(
        new JobGraph(graph.components(), graph.stages(), without, false),
        "SideInput[localName=side0",
        "has no broadcast exchange");
    int looking = stageWith(Node.CombinePerKey.class);
    broken(withNodes(looking, nodes -> dropped(nodes, nodes.size() - 1)), "looks at no pane of");
  }

  @Test
  void anInputIsFed() {
    int hash = exchangeOf(Exchange.Kind.HASH);
    List<Exchange> without = new ArrayList<>(graph.exchanges());
    without.remove(hash);
    broken(
        new JobGraph(graph.components(), graph.stages(), without, false),
        "has an input but no exchange");
  }
}
