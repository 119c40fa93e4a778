package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/** Random pipelines keep every invariant, and their graphs compute what the pipelines say. */
class RandomPipelinesTest {

  /** The check of the invariants is part of translating. */
  @Property(tries = 200, seed = "20261121")
  void graphsComputeWhatThePipelineSays(@ForAll long seed) {
    RunnerApi.Pipeline pipeline = pipeline(seed);
    JobGraph graph = JobGraphs.translate(pipeline, false);

    Map<String, List<Evaluation.Pair>> expected = comparable(Evaluation.ofPipeline(pipeline));
    Map<String, List<Evaluation.Pair>> actual = comparable(Evaluation.ofGraph(graph, pipeline));

    assertThat(actual).isEqualTo(expected);
  }

  /** Chains are cut everywhere: in front of what looks at side inputs, works by key or flattens. */
  @Property(tries = 200, seed = "20261201")
  void graphsOfShallowStagesComputeWhatThePipelineSays(@ForAll long seed) {
    RunnerApi.Pipeline pipeline = pipeline(seed);
    int deepest = 1 + (int) Math.floorMod(seed, 3L);
    JobGraph graph = JobGraphs.translate(pipeline, false, deepest);

    Map<String, List<Evaluation.Pair>> expected = comparable(Evaluation.ofPipeline(pipeline));
    Map<String, List<Evaluation.Pair>> actual = comparable(Evaluation.ofGraph(graph, pipeline));

    assertThat(actual).isEqualTo(expected);
    // What begins an exchange, a partial combine or a Flatten, may be one call deeper.
    assertThat(graph.stages()).allMatch(stage -> Shapes.depthOf(stage) <= deepest + 1);
  }

  @Property(tries = 100, seed = "20261121")
  void theSamePipelineGivesTheSameGraph(@ForAll long seed) {
    JobGraph graph = JobGraphs.translate(pipeline(seed), true);

    assertThat(JobGraphs.translate(pipeline(seed), true)).isEqualTo(graph);
    assertThat(ExplainPlan.text(graph)).contains(graph.stages().get(0).name());
    assertThat(ExplainPlan.mermaid(graph)).startsWith("flowchart TD");
  }

  /**
   * A Flatten or Reshuffle that was merged into an exchange leaves no PCollection behind; what
   * reads it shows what it held.
   */
  private static Map<String, List<Evaluation.Pair>> comparable(
      Map<String, List<Evaluation.Pair>> collections) {
    Map<String, List<Evaluation.Pair>> comparable = new TreeMap<>(collections);
    comparable.keySet().removeIf(id -> id.startsWith("flatten") || id.startsWith("reshuffle"));
    return comparable;
  }

  private static RunnerApi.Pipeline pipeline(long seed) {
    Random random = new Random(seed);
    ProtoPipeline p = new ProtoPipeline();
    List<String> collections = new ArrayList<>();
    collections.add(p.read("read0"));
    int size = 1 + random.nextInt(24);
    for (int i = 1; i <= size; i++) {
      String input = any(collections, random);
      collections.add(
          switch (random.nextInt(14)) {
            case 0 -> p.impulse("impulse" + i);
            case 1 -> p.read("read" + i);
            case 2, 3 -> p.parDo("map" + i, input);
            case 4, 5 -> p.parDo("look" + i, input, some(collections, random, 1, 3));
            case 6 -> p.stateful("state" + i, input, some(collections, random, 0, 2));
            case 7 -> p.groupByKey("group" + i, input);
            case 8 -> p.combine("sum" + i, input);
            case 9 -> p.reshuffle("reshuffle" + i, input);
            case 10 -> p.window("window" + i, input);
            case 11 ->
                p.parDoIn(
                    ProtoPipeline.PYTHON,
                    "python" + i,
                    input,
                    UnaryOperator.identity(),
                    some(collections, random, 0, 1));
            default ->
                p.flatten(
                    "flatten" + i, some(collections, random, 0, random.nextInt(8) == 0 ? 12 : 3));
          });
    }
    return p.build();
  }

  private static String any(List<String> collections, Random random) {
    // Mostly recent ones, so that chains grow long.
    int back = Math.min(random.nextInt(collections.size()), random.nextInt(collections.size()));
    return collections.get(collections.size() - 1 - back);
  }

  private static String[] some(List<String> collections, Random random, int least, int most) {
    String[] chosen = new String[least + random.nextInt(most - least + 1)];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = any(collections, random);
    }
    return chosen;
  }
}
