package dev.sluice.translation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What a pipeline computes, by the pipeline itself and by its graph, with transforms that are fixed
 * arithmetic: a graph is right if both agree on each PCollection.
 *
 * <p>The graph is run in {@link #TASKS} tasks that exchange elements as the kinds say, so a
 * grouping behind a wrong exchange, a side input that is not everywhere, or a Flatten that loses or
 * repeats a branch changes the outcome.
 */
final class Evaluation {

  static final int TASKS = 3;
  private static final int KEYS = 5;

  /** An element. */
  record Pair(long key, long value) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair o) {
      return key != o.key ? Long.compare(key, o.key) : Long.compare(value, o.value);
    }
  }

  private Evaluation() {}

  // --- The transforms
  // -----------------------------------------------------------------------------

  private static long mix(long... parts) {
    long hash = 17;
    for (long part : parts) {
      hash = (hash ^ part) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return hash;
  }

  private static List<Pair> source(String id, boolean one) {
    List<Pair> elements = new ArrayList<>();
    for (int i = 0; i < (one ? 1 : 4); i++) {
      elements.add(new Pair(mix(id.hashCode(), i) & 0x7, mix(id.hashCode(), i, 1)));
    }
    return elements;
  }

  private static List<Pair> map(String id, List<Pair> input, long sideInputs) {
    return input.stream()
        .map(
            e -> {
              long value = mix(id.hashCode(), e.key(), e.value(), sideInputs);
              return new Pair(Math.floorMod(value, KEYS), value);
            })
        .toList();
  }

  /** Stands for keyed state: what comes out depends on everything that has the key. */
  private static List<Pair> group(String id, List<Pair> input) {
    Map<Long, List<Pair>> byKey = new TreeMap<>();
    input.forEach(e -> byKey.computeIfAbsent(e.key(), k -> new ArrayList<>()).add(e));
    List<Pair> output = new ArrayList<>();
    byKey.forEach(
        (key, group) -> output.add(new Pair(key, mix(id.hashCode(), fingerprint(group)))));
    return output;
  }

  private static List<Pair> sum(Collection<Pair> input) {
    Map<Long, Long> byKey = new TreeMap<>();
    input.forEach(e -> byKey.merge(e.key(), e.value(), Long::sum));
    List<Pair> output = new ArrayList<>();
    byKey.forEach((key, total) -> output.add(new Pair(key, total)));
    return output;
  }

  /** The same for all orders of the same elements. */
  static long fingerprint(Collection<Pair> elements) {
    return mix(elements.stream().sorted().mapToLong(e -> mix(e.key(), e.value())).toArray());
  }

  // --- The pipeline
  // ---------------------------------------------------------------------------------

  /** The elements of each PCollection, sorted. */
  static Map<String, List<Pair>> ofPipeline(RunnerApi.Pipeline pipeline) {
    Map<String, List<Pair>> collections = new TreeMap<>();
    for (Primitive p : Primitives.of(pipeline)) {
      List<Pair> input = new ArrayList<>();
      p.inputs().forEach(id -> input.addAll(collections.get(id)));
      long[] sides =
          p.sideInputs().entrySet().stream()
              .sorted(Map.Entry.comparingByKey())
              .mapToLong(e -> fingerprint(collections.get(e.getValue())))
              .toArray();
      List<Pair> output =
          switch (p.kind()) {
            case IMPULSE, TEST_STREAM -> source(p.id(), true);
            case READ -> source(p.id(), false);
            case FLATTEN, ASSIGN_WINDOWS, REDISTRIBUTE -> input;
            case GROUP_BY_KEY -> group(p.id(), input);
            case COMBINE_PER_KEY -> sum(input);
            case PAR_DO ->
                Payloads.parDo(p.proto()).getStateSpecsCount() > 0
                    ? map(p.id(), group(p.id(), input), mix(sides))
                    : map(p.id(), input, mix(sides));
          };
      collections.put(p.output(), output.stream().sorted().toList());
    }
    return collections;
  }

  // --- The graph
  // ------------------------------------------------------------------------------------

  /**
   * As {@link #ofPipeline}; a PCollection of several stages is all of them, made-up ones are left
   * out.
   */
  static Map<String, List<Pair>> ofGraph(JobGraph graph, RunnerApi.Pipeline pipeline) {
    Map<String, List<Pair>> collections = new TreeMap<>();
    Map<String, List<List<Pair>>> inboxes = new LinkedHashMap<>();
    StageIndex index = StageIndex.of(graph);
    graph.exchanges().forEach(e -> inboxes.put(e.id(), emptyTasks()));
    for (Stage stage : graph.stages()) {
      int tasks = stage.parallelism() == Stage.Parallelism.ONE ? 1 : TASKS;
      for (int task = 0; task < tasks; task++) {
        Map<String, List<Pair>> made = run(index, stage, task, inboxes);
        for (Exchange exchange : index.outOf(stage.id())) {
          send(index, exchange, task, made.get(exchange.producerCollection()), inboxes);
        }
        stage.nodes().stream()
            .filter(node -> !(node instanceof Node.Input))
            .flatMap(node -> node.outputs().values().stream())
            .filter(pipeline.getComponents()::containsPcollections)
            .forEach(
                id -> collections.computeIfAbsent(id, i -> new ArrayList<>()).addAll(made.get(id)));
      }
    }
    collections.values().forEach(elements -> elements.sort(null));
    return collections;
  }

  private static List<List<Pair>> emptyTasks() {
    List<List<Pair>> tasks = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      tasks.add(new ArrayList<>());
    }
    return tasks;
  }

  private static void send(
      StageIndex index,
      Exchange exchange,
      int task,
      List<Pair> elements,
      Map<String, List<List<Pair>>> inboxes) {
    List<List<Pair>> inbox = inboxes.get(exchange.id());
    boolean one = index.stage(exchange.consumerStage()).parallelism() == Stage.Parallelism.ONE;
    int turn = task;
    for (Pair element : elements) {
      switch (exchange.kind()) {
        case FORWARD -> inbox.get(one ? 0 : task).add(element);
        case HASH -> inbox.get((int) Math.floorMod(element.key(), (long) TASKS)).add(element);
        case REBALANCE -> inbox.get(turn++ % TASKS).add(element);
        case GATHER -> inbox.get(0).add(element);
        case BROADCAST -> inbox.forEach(copy -> copy.add(element));
      }
    }
  }

  private static Map<String, List<Pair>> run(
      StageIndex index, Stage stage, int task, Map<String, List<List<Pair>>> inboxes) {
    Map<String, List<Pair>> made = new TreeMap<>();
    for (Node node : stage.nodes()) {
      List<Pair> input = new ArrayList<>();
      node.inputs().forEach(id -> input.addAll(made.get(id)));
      List<Pair> output;
      if (node instanceof Node.Input read) {
        output = new ArrayList<>();
        index.into(stage.id()).stream()
            .filter(e -> e.consumerCollection().equals(read.collection()))
            .filter(e -> e.kind() != Exchange.Kind.BROADCAST)
            .forEach(e -> output.addAll(inboxes.get(e.id()).get(task)));
      } else if (node instanceof Node.Read) {
        List<Pair> all = source(node.transformId(), false);
        output = new ArrayList<>();
        for (int i = task; i < all.size(); i += TASKS) {
          output.add(all.get(i));
        }
      } else if (node instanceof Node.ParDo parDo) {
        long[] sides =
            parDo.sideInputs().stream()
                .sorted(Comparator.comparing(SideInput::localName))
                .mapToLong(s -> fingerprint(inboxes.get(s.exchangeId()).get(task)))
                .toArray();
        output =
            map(
                node.transformId(),
                parDo.keyed() ? group(node.transformId(), input) : input,
                mix(sides));
      } else {
        output = withoutSideInputs(node, input);
      }
      node.outputs().values().forEach(id -> made.put(id, output));
    }
    return made;
  }

  private static List<Pair> withoutSideInputs(Node node, List<Pair> input) {
    if (node instanceof Node.Impulse || node instanceof Node.TestStream) {
      return source(node.transformId(), true);
    }
    if (node instanceof Node.GroupByKey) {
      return group(node.transformId(), input);
    }
    if (node instanceof Node.PartialCombine || node instanceof Node.CombinePerKey) {
      return sum(input);
    }
    return input;
  }
}
