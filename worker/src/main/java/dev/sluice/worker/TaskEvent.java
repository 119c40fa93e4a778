package dev.sluice.worker;

import dev.sluice.worker.protocol.Failure;
import dev.sluice.worker.protocol.JobId;
import dev.sluice.worker.protocol.TaskId;
import dev.sluice.worker.task.TaskListener.Counters;

/** What a task's thread tells the loop of its own worker. */
sealed interface TaskEvent {

  JobId job();

  record Finished(JobId job, TaskId task, Counters counters) implements TaskEvent {}

  record Failed(JobId job, TaskId task, Failure failure) implements TaskEvent {}

  record Ended(JobId job, TaskId task) implements TaskEvent {}

  record Quiet(JobId job, TaskId task, long round, Counters counters) implements TaskEvent {}

  record CheckpointAcknowledged(JobId job, TaskId task, long checkpoint) implements TaskEvent {}

  record CheckpointReleased(JobId job, TaskId task, long checkpoint) implements TaskEvent {}

  /** The job's sources are split, or could not be, and the thread that did it has ended. */
  record SplitterEnded(JobId job) implements TaskEvent {}

  /** Time to interrupt what has not stopped; the worker sends it to itself. */
  record StopOverdue(JobId job) implements TaskEvent {}
}
