package dev.sluice.coordinator;

import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerEvent.Quiet;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Finds out whether a job is quiescent, that is, whether no task can step and nothing is in flight
 * between two tasks. Immutable.
 *
 * <p>The four-counter method of Mattern ("Algorithms for distributed termination detection", 1987):
 * each worker answers a probe when all its tasks rest, with what it has sent, received and done so
 * far. If two rounds in a row bring the same answers, with as many items received as sent, then
 * nothing happened at any moment between the end of the first and the start of the second, on any
 * worker. A task that asks is therefore answered only by a round that began after it asked.
 *
 * @param round number of the current round, or of the last one
 * @param asking tasks that asked before the current round began
 * @param newcomers tasks that have asked since
 * @param missing workers that have not answered the current round; empty if there is none
 * @param answers of the current round so far
 * @param previous answers of the round before
 */
record Quiescence(
    long round,
    SortedSet<TaskId> asking,
    SortedSet<TaskId> newcomers,
    SortedSet<String> missing,
    SortedMap<String, Quiet> answers,
    SortedMap<String, Quiet> previous) {

  /** Nobody has asked. */
  static Quiescence unasked() {
    return new Quiescence(
        0,
        Missing.none(),
        Missing.none(),
        Missing.none(),
        Collections.emptySortedMap(),
        Collections.emptySortedMap());
  }

  /** {@code task} wants to know. */
  Quiescence askedBy(TaskId task) {
    return new Quiescence(round, asking, Missing.with(newcomers, task), missing, answers, previous);
  }

  /** Whether somebody waits for a round and there is none. */
  boolean wantsRound() {
    return missing.isEmpty() && !(asking.isEmpty() && newcomers.isEmpty());
  }

  /** Begins a round on {@code workers} for everybody who has asked by now. */
  Quiescence beginRound(Set<String> workers) {
    SortedSet<TaskId> all = Missing.union(asking, newcomers);
    return new Quiescence(
        round + 1,
        all,
        Missing.none(),
        Missing.of(workers),
        Collections.emptySortedMap(),
        answers.isEmpty() ? previous : answers);
  }

  /** The answer of {@code worker}; one to an earlier round or a second one changes nothing. */
  Quiescence answeredBy(String worker, Quiet answer) {
    if (answer.round() != round || !missing.contains(worker)) {
      return this;
    }
    SortedMap<String, Quiet> more = new TreeMap<>(answers);
    more.put(worker, answer);
    return new Quiescence(
        round,
        asking,
        newcomers,
        Missing.without(missing, worker),
        Collections.unmodifiableSortedMap(more),
        previous);
  }

  /** Whether the current round has all answers and they prove the job quiescent. */
  boolean isProven() {
    return missing.isEmpty() && !answers.isEmpty() && nothingOnItsWay() && sameAsPrevious();
  }

  /** After the tasks that asked were answered. */
  Quiescence answered() {
    return new Quiescence(round, Missing.none(), newcomers, missing, answers, previous);
  }

  private boolean nothingOnItsWay() {
    long sent = answers.values().stream().mapToLong(Quiet::sent).sum();
    long received = answers.values().stream().mapToLong(Quiet::received).sum();
    return sent == received;
  }

  private boolean sameAsPrevious() {
    if (!previous.keySet().equals(answers.keySet())) {
      return false;
    }
    return answers.entrySet().stream()
        .allMatch(entry -> sameCounters(entry.getValue(), previous.get(entry.getKey())));
  }

  private static boolean sameCounters(Quiet one, Quiet other) {
    return one.sent() == other.sent()
        && one.received() == other.received()
        && one.steps() == other.steps();
  }
}
