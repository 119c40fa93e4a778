package dev.sluice.translation;

import java.util.Locale;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/** The words for the parts of a graph that all renderings of a plan share; pure. */
final class PlanWords {

  private final RunnerApi.Components components;

  PlanWords(RunnerApi.Components components) {
    this.components = components;
  }

  /** The transform's full name, as the user knows it. */
  String nameOf(Node node) {
    return components.getTransformsOrThrow(node.transformId()).getUniqueName();
  }

  /** What kind of node it is, in a word or two. */
  static String kindOf(Node node) {
    if (node instanceof Node.ParDo parDo) {
      return parDo.keyed() ? "stateful pardo" : parDo.splittable() ? "splittable pardo" : "pardo";
    }
    if (node instanceof Node.Read read) {
      return read.bounded() ? "bounded read" : "unbounded read";
    }
    if (node instanceof Node.CombinePerKey combine) {
      return switch (combine.combining()) {
        case ELEMENTS -> "combine per key";
        case LIFTED -> "merge and extract";
        case NEWEST -> "newest per key";
      };
    }
    if (node instanceof Node.Flatten flatten) {
      return flatten.inputs().size() == 1 ? "flatten" : "flatten of " + flatten.inputs().size();
    }
    return node.getClass()
        .getSimpleName()
        .replaceAll("([a-z])([A-Z])", "$1 $2")
        .toLowerCase(Locale.ROOT);
  }

  /** Who gets an element: {@code by hash of string_utf8}. */
  String wayOf(Exchange exchange) {
    return switch (exchange.kind()) {
      case FORWARD -> "forward";
      case HASH -> "by hash of " + Coders.describeKey(exchange.coderId(), components);
      case REBALANCE -> "rebalance";
      case GATHER -> "gather";
      case BROADCAST -> "broadcast";
    };
  }

  static String tasksOf(Stage stage) {
    return switch (stage.parallelism()) {
      case ONE -> "one task";
      case JOB -> "parallel";
    };
  }

  /** The part of a PCollection's name that tells it from its siblings, where a node has several. */
  String tagOf(Node producer, String collection) {
    if (producer.outputs().size() < 2) {
      return "";
    }
    String name = components.getPcollectionsOrThrow(collection).getUniqueName();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
