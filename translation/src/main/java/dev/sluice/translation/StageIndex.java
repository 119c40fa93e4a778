package dev.sluice.translation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The stages of a {@link JobGraph} by their id, and the exchanges by the stages that they join.
 *
 * <p>Immutable. Making one looks at every stage and exchange once, and no look-up searches: who has
 * a question for each stage makes one index for all of them.
 */
public final class StageIndex {
  private final Map<String, Stage> stages = new LinkedHashMap<>();
  private final Map<String, List<Exchange>> into = new LinkedHashMap<>();
  private final Map<String, List<Exchange>> outOf = new LinkedHashMap<>();

  private StageIndex(JobGraph graph) {
    graph.stages().forEach(stage -> stages.put(stage.id(), stage));
    for (Exchange exchange : graph.exchanges()) {
      into.computeIfAbsent(exchange.consumerStage(), stage -> new ArrayList<>()).add(exchange);
      outOf.computeIfAbsent(exchange.producerStage(), stage -> new ArrayList<>()).add(exchange);
    }
    into.replaceAll((stage, exchanges) -> List.copyOf(exchanges));
    outOf.replaceAll((stage, exchanges) -> List.copyOf(exchanges));
  }

  /** The index of {@code graph}. */
  public static StageIndex of(JobGraph graph) {
    return new StageIndex(graph);
  }

  /** The stage with this id; null if there is none. */
  public Stage stage(String id) {
    return stages.get(id);
  }

  /** The exchanges that a stage reads from, main and side inputs, in graph order. */
  public List<Exchange> into(String stageId) {
    return into.getOrDefault(stageId, List.of());
  }

  /** The exchanges that a stage writes to, in graph order. */
  public List<Exchange> outOf(String stageId) {
    return outOf.getOrDefault(stageId, List.of());
  }
}
