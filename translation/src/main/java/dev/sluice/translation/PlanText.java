package dev.sluice.translation;

import java.util.ArrayList;
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
  private final Map<String, Stage> stages;
  private final Map<String, Exchange> exchanges = new HashMap<>();
  private final StringBuilder out = new StringBuilder();

  PlanText(JobGraph graph) {
    this.graph = graph;
    this.words = new PlanWords(graph.components());
    this.stages = graph.stagesById();
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
    List<Child> children = childrenOf(stage, top);
    // A chain may be thousands of nodes long: only branches recurse.
    while (children.size() == 1 && children.get(0).node() != null) {
      Child only = children.get(0);
      node(stage, only.node(), only.tag(), rest, rest);
      children = childrenOf(stage, only.node());
    }
    for (int i = 0; i < children.size(); i++) {
      Child child = children.get(i);
      boolean last = i == children.size() - 1;
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
            "  ◁ %s  %s  (%s)".formatted(from, stages.get(from).name(), sideInput.exchangeId()));
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
        graph.into(stage.id()).stream()
            .filter(e -> e.kind() != Exchange.Kind.BROADCAST)
            .map(e -> "%s (%s)".formatted(e.producerStage(), e.id()))
            .toList();
    return "from " + String.join(", ", origins);
  }

  private List<Child> childrenOf(Stage stage, Node parent) {
    List<Child> children = new ArrayList<>();
    for (Node node : stage.nodes()) {
      for (String input : node.inputs()) {
        if (parent.outputs().containsValue(input) && parent == lastProducer(stage, node)) {
          children.add(new Child(node, null, tag(parent, input)));
          break;
        }
      }
    }
    for (Exchange exchange : graph.outOf(stage.id())) {
      if (parent.outputs().containsValue(exchange.producerCollection())) {
        children.add(new Child(null, exchange, tag(parent, exchange.producerCollection())));
      }
    }
    return children;
  }

  private String tag(Node parent, String collection) {
    String tag = words.tagOf(parent, collection);
    return tag.isEmpty() ? "" : "  ‹" + tag + "›";
  }

  private static Node lastProducer(Stage stage, Node node) {
    Node last = stage.root();
    for (Node candidate : stage.nodes()) {
      if (candidate.outputs().values().stream().anyMatch(node.inputs()::contains)) {
        last = candidate;
      }
    }
    return last;
  }
}
