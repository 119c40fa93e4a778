package dev.sluice.worker;

import dev.sluice.protocol.Failure;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.TaskId;
import dev.sluice.worker.task.TaskListener.Counters;
import dev.sluice.worker.task.TaskListener.Saved;

/** What a task's thread tells the loop of its own worker. */
sealed interface TaskEvent {

  /** The attempt of the job that it is about. */
  Run run();

  /** One attempt of a job: what an earlier one still tells is of no interest. */
  record Run(JobId job, int attempt) {}

  record Finished(Run run, TaskId task, Counters counters) implements TaskEvent {}

  record Failed(Run run, TaskId task, Failure failure) implements TaskEvent {}

  record Ended(Run run, TaskId task) implements TaskEvent {}

  record Quiet(Run run, TaskId task, long round, Counters counters) implements TaskEvent {}

  /** What a task answers to a barrier. */
  sealed interface CheckpointAnswer extends TaskEvent {
    TaskId task();

    long checkpoint();
  }

  record CheckpointAcknowledged(Run run, TaskId task, long checkpoint, Saved saved)
      implements CheckpointAnswer {}

  record CheckpointFailed(Run run, TaskId task, long checkpoint, String reason)
      implements CheckpointAnswer {}

  record CheckpointReleased(Run run, TaskId task, long checkpoint) implements TaskEvent {}

  /** The job's sources are split, or could not be, and the thread that did it has ended. */
  record SplitterEnded(Run run) implements TaskEvent {}

  /** The tasks are built, or could not be, and the thread that did it has ended. */
  record AssemblyEnded(Run run) implements TaskEvent {}

  /** Time to interrupt what has not stopped; the worker sends it to itself. */
  record StopOverdue(Run run) implements TaskEvent {}
}
