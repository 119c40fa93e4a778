package dev.sluice.worker.task;

import dev.sluice.protocol.Failure;
import dev.sluice.protocol.TaskId;
import dev.sluice.state.storage.TaskSnapshot;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/** Told by a task what became of it; called by the task's thread, must not block. */
public interface TaskListener {

  /**
   * All its work is done; {@link #ended} follows as soon as nothing waits for a checkpoint any
   * more.
   */
  void finished(TaskId task, Counters counters);

  /** It failed and has closed its operators; {@link #ended} follows. */
  void failed(TaskId task, Failure failure);

  /** Its thread takes no further step. */
  void ended(TaskId task);

  /** A step has found nothing to do since the probe of this round came. */
  void quiet(TaskId task, long round, Counters counters);

  /** It wants to be told when the job is quiescent. */
  void quiescenceWanted(TaskId task);

  /** It moves the job's clock. */
  void clockMoved(long nowMs);

  /**
   * It gets no more input and holds work back that only a checkpoint releases. Told once until the
   * next one is complete.
   *
   * @param completed the last checkpoint that it knows to be complete; -1 if none
   */
  void checkpointWanted(TaskId task, long completed);

  /** It has passed the barrier, and what it had to save is safe. May come from another thread. */
  void checkpointAcknowledged(TaskId task, long checkpoint, Saved saved);

  /**
   * It has passed the barrier, or would have to, but could not save its state. May come from
   * another thread.
   *
   * @param reason for a person: what was wrong and how much is missing
   */
  void checkpointFailed(TaskId task, long checkpoint, String reason);

  /** It has run what waited for the checkpoint. */
  void checkpointReleased(TaskId task, long checkpoint);

  /**
   * What a checkpoint has of a task.
   *
   * @param snapshot its state
   * @param metrics what it had counted at the barrier; not touched any more
   */
  record Saved(TaskSnapshot snapshot, MetricsContainerStepMap metrics) {}

  /**
   * What a task has done so far.
   *
   * @param sent items put into channels
   * @param received items taken from channels
   * @param steps steps that made progress
   */
  record Counters(long sent, long received, long steps) {}
}
