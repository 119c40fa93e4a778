package dev.sluice.worker.task;

import dev.sluice.protocol.TaskId;
import dev.sluice.state.storage.TaskSnapshot;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/**
 * What a task reports to its worker. Handed over by the task's thread, or by one that saves its
 * state for it; whoever takes it must not block.
 */
public sealed interface TaskEvent {

  /** Who reports it. */
  TaskId task();

  /**
   * All its work is done, and its operators are closed unless something of theirs waits for a
   * checkpoint; {@link Ended} follows as soon as nothing does.
   */
  record Finished(TaskId task, Counters counters) implements TaskEvent {}

  /** It failed and has closed its operators; {@link Ended} follows. */
  record Failed(TaskId task, TaskFailure failure) implements TaskEvent {}

  /** Its thread takes no further step. */
  record Ended(TaskId task) implements TaskEvent {}

  /** A step has found nothing to do since the probe of this round came. */
  record Quiet(TaskId task, long round, Counters counters) implements TaskEvent {}

  /** It wants to be notified when the job is quiescent. */
  record QuiescenceWanted(TaskId task) implements TaskEvent {}

  /** It moves the job's clock. */
  record ClockMoved(TaskId task, long nowMs) implements TaskEvent {}

  /**
   * It gets no more input and holds work back that only a checkpoint releases. Told once until the
   * next one is complete.
   *
   * @param completed the last checkpoint that it knows to be complete; -1 if none
   */
  record CheckpointWanted(TaskId task, long completed) implements TaskEvent {}

  /** What it answers to the barrier of a checkpoint. */
  sealed interface CheckpointAnswer extends TaskEvent {
    /** The number of the checkpoint. */
    long checkpoint();
  }

  /**
   * It has passed the barrier, and what it had to save is safe.
   *
   * @param snapshot its state
   * @param metrics what it had counted at the barrier; not touched any more
   */
  record CheckpointAcknowledged(
      TaskId task, long checkpoint, TaskSnapshot snapshot, MetricsContainerStepMap metrics)
      implements CheckpointAnswer {}

  /**
   * It has passed the barrier, or would have to, but could not save its state.
   *
   * @param reason for a person: what was wrong and how much is missing
   */
  record CheckpointFailed(TaskId task, long checkpoint, String reason)
      implements CheckpointAnswer {}

  /** It has run what waited for the checkpoint. */
  record CheckpointReleased(TaskId task, long checkpoint) implements TaskEvent {}

  /**
   * What a task has done so far.
   *
   * @param sent items put into channels
   * @param received items taken from channels
   * @param steps steps that made progress
   */
  record Counters(long sent, long received, long steps) {}
}
