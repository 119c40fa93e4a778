package dev.sluice.translation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph as lines for a terminal.
 *
 * <p>Used once, by one thread. A stage is a tree: a node stands under the producer of its input,
 * chains go straight down, branches are indented. A Flatten, the one node with several inputs,
 * stands under the last.
 */
final class PlanText {

  private static final String KIND = "%-17s ";

  private final JobGraph graph;
  private final PlanWords words;
  private final StageIndex index;
  private final Map<String, Exchange> exchanges = new HashMap<>();
  private final StringBuilder out = new StringBuilder();

  /** Of the stage that is being rendered. */
  private Map<Node, List<Child>> children = Map.of();

  PlanText(JobGraph graph) {
    this.graph = graph;
    this.words = new PlanWords(graph.components());
    this.index = StageIndex.of(graph);
    graph.exchanges().forEach(exchange -> exchanges.put(exchange.id(), exchange));
  }

  String render() {
    out.append(counted(graph.stages().size(), "stage"))
        .append(", ")
        .append(counted(graph.exchanges().size(), "exchange"))
        .append(", ")
        .append(graph.streaming() ? "streaming" : "bounded")
        .append('\n');
    for (Stage stage : graph.stages()) {
      out.append('\n')
          .append("%s  %s  [%s]\n".formatted(stage.id(), stage.name(), PlanWords.tasksOf(stage)));
      children = childrenIn(stage);
      subtree(stage, stage.root(), "", "  ", "  ");
    }
    return out.toString();
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** What stands under a node: another node, or an exchange that leads away. */
  private record Child(Node node, Exchange exchange, String tag) {}

  private void subtree(Stage stage, Node top, String tag, String first, String rest) {
    node(stage, top, tag, first, rest);
    List<Child> below = children.get(top);
    // A chain may be thousands of nodes long: only branches recurse.
    while (below.size() == 1 && below.get(0).node() != null) {
      Child only = below.get(0);
      node(stage, only.node(), only.tag(), rest, rest);
      below = children.get(only.node());
    }
    for (int i = 0; i < below.size(); i++) {
      Child child = below.get(i);
      boolean last = i == below.size() - 1;
      if (child.node() == null) {
        line(rest + (last ? "╰▶ " : "├▶ "), destination(child.exchange()) + child.tag());
      } else {
        subtree(
            stage,
            child.node(),
            child.tag(),
            rest + (last ? "╰ " : "├ "),
            rest + (last ? "  " : "│ "));
      }
    }
  }

  private void node(Stage stage, Node node, String tag, String first, String rest) {
    line(first, KIND.formatted(PlanWords.kindOf(node)) + nameAndOrigin(stage, node) + tag);
    if (node instanceof Node.ParDo parDo) {
      for (SideInput sideInput : parDo.sideInputs()) {
        String from = exchanges.get(sideInput.exchangeId()).producerStage();
        line(
            rest,
            "  ◁ %s  %s  (%s)".formatted(from, index.stage(from).name(), sideInput.exchangeId()));
      }
    }
  }

  private void line(String prefix, String text) {
    out.append((prefix + text).stripTrailing()).append('\n');
  }

  private String destination(Exchange exchange) {
    return "%s  %s  (%s)".formatted(exchange.consumerStage(), words.wayOf(exchange), exchange.id());
  }

  private String nameAndOrigin(Stage stage, Node node) {
    if (!(node instanceof Node.Input)) {
      return words.nameOf(node);
    }
    List<String> origins =
        index.into(stage.id()).stream()
            .filter(e -> e.kind() != Exchange.Kind.BROADCAST)
            .map(e -> "%s (%s)".formatted(e.producerStage(), e.id()))
            .toList();
    return "from " + String.join(", ", origins);
  }

  /** What stands under each node of a stage: first nodes, then exchanges, both in graph order. */
  private Map<Node, List<Child>> childrenIn(Stage stage) {
    Map<String, Integer> producers = new HashMap<>();
    Map<Node, List<Child>> found = new HashMap<>();
    for (int i = 0; i < stage.nodes().size(); i++) {
      Node node = stage.nodes().get(i);
      found.put(node, new ArrayList<>());
      String last = node.inputs().stream().max(Comparator.comparing(producers::get)).orElse(null);
      if (last != null) {
        Node producer = stage.nodes().get(producers.get(last));
        found.get(producer).add(new Child(node, null, tag(producer, last)));
      }
      for (String output : node.outputs().values()) {
        producers.put(output, i);
      }
    }
    for (Exchange exchange : index.outOf(stage.id())) {
      String collection = exchange.producerCollection();
      Node producer = stage.nodes().get(producers.get(collection));
      found.get(producer).add(new Child(null, exchange, tag(producer, collection)));
    }
    return found;
  }

  private String tag(Node parent, String collection) {
    String tag = words.tagOf(parent, collection);
    return tag.isEmpty() ? "" : "  ‹" + tag + "›";
  }
}
