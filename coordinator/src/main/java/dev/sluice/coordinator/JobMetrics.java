package dev.sluice.coordinator;

import dev.sluice.coordinator.JobUpdate.JobMetricValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/**
 * Gathers the metrics of one job from its workers.
 *
 * <p>Owned by the coordinator's loop. Always true: a question that was asked is answered, at the
 * latest when every worker has said its last word; what was handed out is a copy that is not
 * touched again.
 */
final class JobMetrics {

  /** What the answers to a round are for. */
  sealed interface Purpose {
    /** A client waits for them under this number. */
    record Answer(long request) implements Purpose {}

    /** They become the committed metrics. */
    record Commit() implements Purpose {}
  }

  private record Round(Purpose purpose, SortedSet<String> missing) {}

  /** The last that each worker has told. */
  private final Map<String, MetricsContainerStepMap> latest = new LinkedHashMap<>();

  private final Map<Long, Round> rounds = new LinkedHashMap<>();
  private MetricsContainerStepMap committed = new MetricsContainerStepMap();
  private long lastRound;

  /** Begins to ask {@code workers}; the number under which they answer. */
  long begin(Purpose purpose, Set<String> workers) {
    lastRound++;
    rounds.put(lastRound, new Round(purpose, Missing.of(workers)));
    return lastRound;
  }

  /** A worker has answered; the purpose of the round if that was the last answer. */
  Optional<Purpose> answered(String worker, long number, MetricsContainerStepMap metrics) {
    latest.put(worker, metrics);
    Round round = rounds.get(number);
    if (round == null) {
      return Optional.empty();
    }
    return complete(number, worker, round);
  }

  /**
   * A worker has said its last word: it counts for every round; the purposes of those that it ends.
   */
  List<Purpose> stopped(String worker, MetricsContainerStepMap metrics) {
    latest.put(worker, metrics);
    List<Purpose> ended = new ArrayList<>();
    for (Map.Entry<Long, Round> entry : List.copyOf(rounds.entrySet())) {
      complete(entry.getKey(), worker, entry.getValue()).ifPresent(ended::add);
    }
    return ended;
  }

  /** From now on the metrics as they stand are the committed ones. */
  void commit() {
    committed = attempted();
  }

  /** The metrics as they stand. */
  JobMetricValues values() {
    return new JobMetricValues(attempted(), committed);
  }

  private Optional<Purpose> complete(long number, String worker, Round round) {
    SortedSet<String> missing = Missing.without(round.missing(), worker);
    if (!missing.isEmpty()) {
      rounds.put(number, new Round(round.purpose(), missing));
      return Optional.empty();
    }
    rounds.remove(number);
    return Optional.of(round.purpose());
  }

  private MetricsContainerStepMap attempted() {
    MetricsContainerStepMap sum = new MetricsContainerStepMap();
    latest.values().forEach(sum::updateAll);
    return sum;
  }
}
