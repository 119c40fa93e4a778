package dev.sluice.coordinator;

import dev.sluice.worker.protocol.WorkerCommand;

/** What the coordinator does after a decision is written down. */
public sealed interface JobAction {

  /** Tell a worker. */
  record Tell(String worker, WorkerCommand command) implements JobAction {
    /** A command may hold the whole graph. */
    @Override
    public String toString() {
      return "Tell[" + worker + ", " + command.getClass().getSimpleName() + "]";
    }
  }

  /** Let an event happen later. */
  record Schedule(JobEvent event, long delayMs) implements JobAction {}

  /** Take the metrics as they stand for the committed ones. */
  record CommitMetrics() implements JobAction {}

  /** Warn about something that the job goes on in spite of. */
  record Warn(String message) implements JobAction {}
}
