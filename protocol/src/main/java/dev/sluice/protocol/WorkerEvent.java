package dev.sluice.protocol;

import dev.sluice.state.storage.TaskSnapshot;
import java.util.List;
import java.util.Map;

/** What a worker reports to the coordinator. */
public sealed interface WorkerEvent extends Content {

  /** The job it is about. */
  JobId job();

  /**
   * The sources of a job have been split.
   *
   * @param splits by the id of the Read transform; all splits of a source, or none if nothing
   *     changes for it
   */
  record SourcesSplit(JobId job, Map<String, List<SourceSplit>> splits, MetricBytes metrics)
      implements WorkerEvent {}

  /** A task has done all its work; it stays a member of the job. */
  record TaskFinished(JobId job, TaskId task) implements WorkerEvent {}

  /** A task, or the splitting of a source, has failed. */
  record TaskFailed(JobId job, Failure failure) implements WorkerEvent {}

  /**
   * All threads of the job on this worker have ended.
   *
   * @param metrics the last word of the job's metrics on this worker
   */
  record JobStopped(JobId job, MetricBytes metrics) implements WorkerEvent {}

  /** A task wants to know when the job is quiescent. */
  record QuiescenceWanted(JobId job, TaskId task) implements WorkerEvent {}

  /**
   * Every task of the job on this worker has been without work at some moment since the probe came.
   *
   * @param sent items put into channels so far, over all tasks
   * @param received items taken from channels so far, over all tasks
   * @param steps steps in which any task made progress so far: unchanged between two rounds if
   *     nothing happened between them
   */
  record Quiet(JobId job, long round, long sent, long received, long steps)
      implements WorkerEvent {}

  /** A task (a TestStream) moves the job's clock. */
  record ClockMoved(JobId job, long nowMs) implements WorkerEvent {}

  /**
   * A task gets no more input, has nothing to do, and holds work back that only the completion of a
   * checkpoint releases. Said once until the next checkpoint is complete.
   *
   * @param completed the last checkpoint that it knew to be complete when it said so; -1 if none
   */
  record CheckpointWanted(JobId job, TaskId task, long completed) implements WorkerEvent {}

  /**
   * A task has passed the barrier, and what it had to save is safe.
   *
   * @param snapshot its state at the barrier; empty if the barrier was to save nothing
   * @param metrics what it had counted at the barrier since the attempt began
   */
  record CheckpointAcknowledged(
      JobId job, TaskId task, long checkpoint, TaskSnapshot snapshot, MetricBytes metrics)
      implements WorkerEvent {
    /** Of a barrier that saves nothing. */
    public static CheckpointAcknowledged ofRelease(JobId job, TaskId task, long checkpoint) {
      return new CheckpointAcknowledged(
          job, task, checkpoint, TaskSnapshot.empty(), MetricBytes.NONE);
    }
  }

  /**
   * A task could not save what it had to.
   *
   * @param reason what the storage said and how much is missing, for a person
   */
  record CheckpointFailed(JobId job, TaskId task, long checkpoint, String reason)
      implements WorkerEvent {}

  /** All tasks on this worker have run what waited for the checkpoint. */
  record CheckpointReleased(JobId job, long checkpoint) implements WorkerEvent {}

  /**
   * The metrics of a job on this worker as they stand.
   *
   * @param request the number of the {@link WorkerCommand.ReportMetrics} that it answers
   */
  record Metrics(JobId job, long request, MetricBytes metrics) implements WorkerEvent {}
}
