package dev.sluice.translation;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A graph as a Mermaid flowchart. Used once, by one thread. */
final class PlanMermaid {

  private final JobGraph graph;
  private final PlanWords words;
  private final StringBuilder out = new StringBuilder();

  /** Mermaid id of the node that makes a collection, by stage and collection. */
  private final Map<String, Map<String, String>> makers = new HashMap<>();

  /** Mermaid id of the first node of a stage. */
  private final Map<String, String> roots = new HashMap<>();

  /** Mermaid ids of the ParDos that look at an exchange. */
  private final Map<String, List<String>> viewers = new HashMap<>();

  PlanMermaid(JobGraph graph) {
    this.graph = graph;
    this.words = new PlanWords(graph.components());
  }

  String render() {
    out.append("flowchart TD\n");
    graph.stages().forEach(this::stage);
    graph.exchanges().forEach(this::exchange);
    return out.toString();
  }

  private void stage(Stage stage) {
    Map<String, String> makersHere = new HashMap<>();
    makers.put(stage.id(), makersHere);
    line(
        "  subgraph %s[\"%s · %s · %s\"]",
        stage.id(), stage.id(), quoted(stage.name()), PlanWords.tasksOf(stage));
    StringBuilder edges = new StringBuilder();
    for (int i = 0; i < stage.nodes().size(); i++) {
      Node node = stage.nodes().get(i);
      String id = stage.id() + "n" + i;
      roots.putIfAbsent(stage.id(), id);
      if (node instanceof Node.Input) {
        line("    %s((\" \"))", id);
      } else {
        line("    %s[\"%s<br/>%s\"]", id, PlanWords.kindOf(node), quoted(words.nameOf(node)));
      }
      node.inputs()
          .forEach(input -> edges.append("    %s --> %s\n".formatted(makersHere.get(input), id)));
      node.outputs().values().forEach(output -> makersHere.put(output, id));
      if (node instanceof Node.ParDo parDo) {
        parDo.sideInputs().stream()
            .map(SideInput::exchangeId)
            .distinct()
            .forEach(exchange -> viewers.computeIfAbsent(exchange, e -> new ArrayList<>()).add(id));
      }
    }
    out.append(edges);
    line("  end");
  }

  private void exchange(Exchange exchange) {
    String from = makers.get(exchange.producerStage()).get(exchange.producerCollection());
    if (exchange.kind() == Exchange.Kind.BROADCAST) {
      for (String viewer : viewers.get(exchange.id())) {
        line("  %s -. \"%s %s\" .-> %s", from, exchange.id(), words.wayOf(exchange), viewer);
      }
    } else {
      line(
          "  %s == \"%s %s\" ==> %s",
          from, exchange.id(), quoted(words.wayOf(exchange)), roots.get(exchange.consumerStage()));
    }
  }

  @FormatMethod
  private void line(String format, Object... values) {
    out.append(format.formatted(values)).append('\n');
  }

  /** Mermaid's own entities begin with a hash. */
  private static String quoted(String text) {
    return text.replace("#", "#35;")
        .replace("&", "#amp;")
        .replace("\"", "#quot;")
        .replace("<", "#lt;")
        .replace(">", "#gt;");
  }
}
