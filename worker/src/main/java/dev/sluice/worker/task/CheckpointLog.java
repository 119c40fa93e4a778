package dev.sluice.worker.task;

import dev.sluice.state.log.Sealed;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.storage.TaskSnapshot;
import java.util.Optional;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/**
 * The log that a task is saved in, and what its worker learns of it.
 *
 * <p>Owned by the task's thread until that has ended, then by the worker's loop. Epochs are made
 * safe by the log's threads, which answer the checkpoint then.
 */
final class CheckpointLog {
  private static final long NO_CHECKPOINT = -1;

  private final TaskSpec spec;
  private final Optional<TaskLog> log;
  private final MetricsContainerStepMap metrics;

  /**
   * A barrier that the task has passed.
   *
   * @param checkpoint its number, {@link #NO_CHECKPOINT} if it is only the end of the task
   * @param metrics what the task had counted
   */
  record Passed(long checkpoint, MetricsContainerStepMap metrics) {}

  /**
   * @param log where the task is saved; empty if the job saves nothing
   * @param metrics what the task counts
   */
  CheckpointLog(TaskSpec spec, Optional<TaskLog> log, MetricsContainerStepMap metrics) {
    this.spec = spec;
    this.log = log;
    this.metrics = metrics;
  }

  /** Whether anything is saved. */
  boolean saves() {
    return log.isPresent();
  }

  /** Whether to log more now would be to wait for the storage. */
  boolean congested() {
    return log.orElseThrow().congested();
  }

  /** Ends an epoch at a barrier; what changed in it is logged behind it. */
  Passed closeEpoch(long checkpoint) {
    log.orElseThrow().closeEpoch();
    return new Passed(checkpoint, countedSoFar());
  }

  /** Ends an epoch at the end of the task. */
  Passed closeLastEpoch() {
    return closeEpoch(NO_CHECKPOINT);
  }

  /** All of an epoch is logged: it is made safe, and then the checkpoint is acknowledged. */
  void seal(Passed passed) {
    log.orElseThrow().seal(passed.checkpoint(), outcome -> answer(passed, outcome));
  }

  /** On a thread of the log's. */
  private void answer(Passed passed, Sealed outcome) {
    if (passed.checkpoint() == NO_CHECKPOINT) {
      return;
    }
    if (outcome instanceof Sealed.Safe safe) {
      acknowledge(passed.checkpoint(), safe.snapshot(), passed.metrics());
    } else if (outcome instanceof Sealed.NotSafe not) {
      fail(
          passed.checkpoint(),
          "%s could not save its state: %s".formatted(spec.name(), not.why().getMessage()));
    }
  }

  /** The task has passed the barrier of a checkpoint that saves nothing. */
  void release(long checkpoint) {
    acknowledge(checkpoint, TaskSnapshot.empty(), countedSoFar());
  }

  private void acknowledge(
      long checkpoint, TaskSnapshot snapshot, MetricsContainerStepMap counted) {
    spec.tell(new TaskEvent.CheckpointAcknowledged(spec.id(), checkpoint, snapshot, counted));
  }

  /** The task cannot save what it has to. */
  void fail(long checkpoint, String reason) {
    spec.tell(new TaskEvent.CheckpointFailed(spec.id(), checkpoint, reason));
  }

  private MetricsContainerStepMap countedSoFar() {
    MetricsContainerStepMap copy = new MetricsContainerStepMap();
    copy.updateAll(metrics);
    return copy;
  }

  /** A checkpoint is complete: files that only earlier ones needed can go. */
  void completed(long checkpoint) {
    log.ifPresent(open -> open.completed(checkpoint));
  }

  /** No checkpoint follows. */
  void close() {
    log.ifPresent(TaskLog::close);
  }
}
