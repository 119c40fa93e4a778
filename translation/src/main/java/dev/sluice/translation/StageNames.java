package dev.sluice.translation;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Names stages after the outermost transforms they hold parts of; pure. */
final class StageNames {

  /** A stage with more outermost transforms than this is named after the first and the last. */
  private static final int MOST_NAMED = 3;

  private final SyntheticComponents components;

  StageNames(SyntheticComponents components) {
    this.components = components;
  }

  String of(List<Node> nodes) {
    Set<String> outermost = new LinkedHashSet<>();
    boolean view = false;
    for (Node node : nodes) {
      view |= node instanceof Node.CollectView;
      // An Input stands for a transform that may be elsewhere: what runs here names the stage.
      if (!(node instanceof Node.Input) || nodes.size() == 1) {
        outermost.add(outermostOf(components.nameOf(node.transformId())));
      }
    }
    List<String> names = List.copyOf(outermost);
    String joined =
        names.size() <= MOST_NAMED
            ? String.join(" + ", names)
            : names.get(0) + " + … + " + names.get(names.size() - 1);
    return view ? "side input from " + joined : joined;
  }

  private static String outermostOf(String name) {
    int end = name.indexOf('/');
    return end < 0 ? name : name.substring(0, end);
  }
}
