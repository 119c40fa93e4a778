package dev.sluice.worker;

import dev.sluice.protocol.JobId;
import dev.sluice.worker.task.TaskEvent;

/** What a thread of one attempt of a job reports to the loop of its own worker. */
sealed interface RunEvent {

  /** The attempt of the job that it is about. */
  Run run();

  /** One attempt of a job: late reports of an earlier one are of no interest. */
  record Run(JobId job, int attempt) {}

  /** A task reports something of itself. */
  record OfTask(Run run, TaskEvent event) implements RunEvent {}

  /** The job's sources are split, or could not be, and the thread that did it has ended. */
  record SplitterEnded(Run run) implements RunEvent {}

  /** The tasks are built, or could not be, and the thread that did it has ended. */
  record AssemblyEnded(Run run) implements RunEvent {}

  /** Time to interrupt what has not stopped; the worker sends it to itself. */
  record StopOverdue(Run run) implements RunEvent {}
}
