package dev.sluice.coordinator;

import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.TaskId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One attempt of a job: which worker runs what, and how far it is. Immutable.
 *
 * @param attempt its number; 0 before the first
 * @param placement which worker runs what
 * @param involved the workers that hold anything of the job and have to be stopped
 * @param unfinished the tasks that have work to do
 * @param waiting one of them that can do nothing more before another checkpoint is complete, if any
 *     has said so
 * @param splits the splits of each source, by the id of the Read transform; the same in every
 *     attempt
 * @param splitting what splitting the sources has counted, if they were split in this process
 * @param from the checkpoint that it resumed from, if any
 * @param jobClockMs where the job's clock stands, if it is moved by hand
 * @param quiescence who wants to know whether the job is quiescent
 */
record Deployment(
    int attempt,
    Placement placement,
    Set<String> involved,
    Remaining<TaskId> unfinished,
    Optional<TaskId> waiting,
    Map<String, List<SourceSplit>> splits,
    MetricBytes splitting,
    Optional<SavedCheckpoint> from,
    long jobClockMs,
    Quiescence quiescence) {
  Deployment {
    involved = Missing.of(involved);
  }

  static Deployment none() {
    return new Deployment(
        0,
        Placement.none(),
        Set.of(),
        Remaining.none(),
        Optional.empty(),
        Map.of(),
        MetricBytes.NONE,
        Optional.empty(),
        Long.MIN_VALUE,
        Quiescence.unasked());
  }

  /** The next attempt, which resumes from {@code newFrom} with the same splits. */
  Deployment next(Placement newPlacement, Optional<SavedCheckpoint> newFrom) {
    return new Deployment(
        attempt + 1,
        newPlacement,
        newPlacement.workers(),
        Remaining.of(newPlacement.tasks()),
        Optional.empty(),
        splits,
        splitting,
        newFrom,
        newFrom.map(SavedCheckpoint::jobClockMs).orElse(Long.MIN_VALUE),
        Quiescence.unasked());
  }

  Deployment involving(Set<String> workers) {
    return new Deployment(
        attempt,
        placement,
        workers,
        unfinished,
        waiting,
        splits,
        splitting,
        from,
        jobClockMs,
        quiescence);
  }

  Deployment finished(TaskId task) {
    return new Deployment(
        attempt,
        placement,
        involved,
        unfinished.without(task),
        waiting,
        splits,
        splitting,
        from,
        jobClockMs,
        quiescence);
  }

  /** A task can do nothing more before another checkpoint is complete. */
  Deployment waitingFor(TaskId task) {
    return waiting(Optional.of(task));
  }

  /** A checkpoint is complete: who waits for another one after it will say so. */
  Deployment waitingNoMore() {
    return waiting(Optional.empty());
  }

  private Deployment waiting(Optional<TaskId> newWaiting) {
    return new Deployment(
        attempt,
        placement,
        involved,
        unfinished,
        newWaiting,
        splits,
        splitting,
        from,
        jobClockMs,
        quiescence);
  }

  Deployment with(Map<String, List<SourceSplit>> newSplits) {
    return with(newSplits, splitting);
  }

  /** Sources were split, which has counted something. */
  Deployment with(Map<String, List<SourceSplit>> newSplits, MetricBytes counted) {
    // Copied here only: there may be thousands, and a new deployment is made for each event.
    Map<String, List<SourceSplit>> copy =
        Collections.unmodifiableMap(new LinkedHashMap<>(newSplits));
    return new Deployment(
        attempt,
        placement,
        involved,
        unfinished,
        waiting,
        copy,
        counted,
        from,
        jobClockMs,
        quiescence);
  }

  Deployment with(Quiescence newQuiescence) {
    return new Deployment(
        attempt,
        placement,
        involved,
        unfinished,
        waiting,
        splits,
        splitting,
        from,
        jobClockMs,
        newQuiescence);
  }

  Deployment clockAt(long nowMs) {
    return new Deployment(
        attempt,
        placement,
        involved,
        unfinished,
        waiting,
        splits,
        splitting,
        from,
        nowMs,
        quiescence);
  }

  /**
   * What had been counted before the attempt began: at the checkpoint that it resumed from, or by
   * the splitting of the sources, which the job's own checkpoints include.
   */
  MetricBytes metricsBefore() {
    MetricBytes saved = from.map(SavedCheckpoint::metrics).orElse(MetricBytes.NONE);
    boolean ownCheckpoint = from.filter(SavedCheckpoint::own).isPresent();
    return ownCheckpoint ? saved : MetricBytes.sum(List.of(saved, splitting));
  }
}
