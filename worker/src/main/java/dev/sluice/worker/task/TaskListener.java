package dev.sluice.worker.task;

import dev.sluice.worker.protocol.Failure;
import dev.sluice.worker.protocol.TaskId;

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

  /** It has passed the barrier. */
  void checkpointAcknowledged(TaskId task, long checkpoint);

  /** It has run what waited for the checkpoint. */
  void checkpointReleased(TaskId task, long checkpoint);

  /**
   * What a task has done so far.
   *
   * @param sent items put into channels
   * @param received items taken from channels
   * @param steps steps that made progress
   */
  record Counters(long sent, long received, long steps) {}
}
