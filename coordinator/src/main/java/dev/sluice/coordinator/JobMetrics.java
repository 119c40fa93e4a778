package dev.sluice.coordinator;

import dev.sluice.protocol.JobUpdate.JobMetricValues;
import dev.sluice.protocol.MetricBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/**
 * Gathers the metrics of one job from its workers.
 *
 * <p>Owned by the coordinator's loop. Always true: a question that was asked is answered, at the
 * latest when every worker has sent its last report or the next attempt begins.
 */
final class JobMetrics {
  private record Round(long request, SortedSet<String> missing) {}

  /** What had been counted at the checkpoint that the attempt resumed from. */
  private MetricBytes base = MetricBytes.NONE;

  /** The last that each worker has reported of the attempt. */
  private final Map<String, MetricBytes> latest = new LinkedHashMap<>();

  private final Map<Long, Round> rounds = new LinkedHashMap<>();
  private MetricBytes committed = MetricBytes.NONE;

  /** Whether a worker of the attempt was lost before it had said its last word. */
  private boolean lost;

  private long lastRound;

  /**
   * A new attempt begins, with what its checkpoint had counted; those who wait for workers of the
   * last one are answered with that.
   */
  List<Long> beginAttempt(MetricBytes newBase) {
    base = newBase;
    committed = newBase;
    lost = false;
    latest.clear();
    List<Long> answered = rounds.values().stream().map(Round::request).toList();
    rounds.clear();
    return answered;
  }

  /** Begins to ask {@code workers} for a client's request; the number under which they answer. */
  long begin(long request, Set<String> workers) {
    lastRound++;
    rounds.put(lastRound, new Round(request, Missing.of(workers)));
    return lastRound;
  }

  /** A worker has answered; the requests that were waiting for it alone. */
  List<Long> answered(String worker, long number, MetricBytes metrics) {
    latest.put(worker, metrics);
    List<Long> ended = new ArrayList<>();
    Round round = rounds.get(number);
    if (round != null) {
      complete(number, worker, round, ended);
    }
    return ended;
  }

  /** A worker has said its last word: it counts for every round; the requests that it answers. */
  List<Long> stopped(String worker, MetricBytes metrics) {
    latest.put(worker, metrics);
    return silent(worker);
  }

  /**
   * A worker is gone that has not said its last word: of the attempt only that counts which the
   * last checkpoint had counted, and that is everything if the job was done; the requests that were
   * waiting for it alone.
   */
  List<Long> lost(String worker) {
    lost = true;
    return silent(worker);
  }

  /** A worker will say nothing more; the requests that were waiting for it alone. */
  private List<Long> silent(String worker) {
    List<Long> ended = new ArrayList<>();
    for (Map.Entry<Long, Round> entry : List.copyOf(rounds.entrySet())) {
      complete(entry.getKey(), worker, entry.getValue(), ended);
    }
    return ended;
  }

  /** From now on these are the committed ones. */
  void commit(MetricBytes newCommitted) {
    committed = newCommitted;
  }

  /** The job is done: everything counts. */
  void commitAll() {
    committed = attempted();
  }

  /** The metrics as they stand. */
  JobMetricValues values() {
    return new JobMetricValues(attempted(), committed);
  }

  private void complete(long number, String worker, Round round, List<Long> ended) {
    SortedSet<String> missing = Missing.without(round.missing(), worker);
    if (missing.isEmpty()) {
      rounds.remove(number);
      ended.add(round.request());
    } else {
      rounds.put(number, new Round(round.request(), missing));
    }
  }

  private MetricBytes attempted() {
    if (lost) {
      return committed;
    }
    List<MetricBytes> parts = new ArrayList<>(latest.values());
    parts.add(0, base);
    return MetricBytes.sum(parts);
  }
}
