package dev.sluice.translation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Graphs in so few words that a test can spell one out. */
final class Shapes {
  private Shapes() {}

  /** The graph in a few words: a stage is its transforms' names, an exchange is an arrow. */
  static String of(JobGraph graph) {
    StringBuilder shape = new StringBuilder();
    for (Stage stage : graph.stages()) {
      List<String> nodes = stage.nodes().stream().map(Shapes::of).toList();
      shape.append(stage.id()).append(": ").append(String.join(" ", nodes)).append('\n');
    }
    for (Exchange e : graph.exchanges()) {
      shape.append(
          "%s %s %s>%s %s\n"
              .formatted(
                  e.id(),
                  e.kind(),
                  e.producerStage(),
                  e.consumerStage(),
                  e.producerCollection().equals(e.consumerCollection())
                      ? e.consumerCollection()
                      : e.producerCollection() + " as " + e.consumerCollection()));
    }
    return shape.toString();
  }

  /** How many calls deep a stage is: the longest way through its nodes. */
  static int depthOf(Stage stage) {
    Map<String, Integer> depths = new HashMap<>();
    int deepest = 0;
    for (Node node : stage.nodes()) {
      int depth = node.inputs().stream().mapToInt(input -> depths.get(input) + 1).max().orElse(0);
      node.outputs().values().forEach(output -> depths.put(output, depth));
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  }

  private static String of(Node node) {
    if (node instanceof Node.Input) {
      return "<";
    }
    if (node instanceof Node.CollectView) {
      return "view";
    }
    if (node instanceof Node.PartialCombine) {
      return node.transformId() + "-partial";
    }
    if (node instanceof Node.Flatten) {
      return node.transformId() + node.inputs();
    }
    return node.transformId();
  }
}
