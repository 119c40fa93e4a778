package dev.sluice.coordinator;

import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.WorkerCommand;

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

  /** Tell the client. */
  record Answer(JobUpdate update) implements JobAction {}

  /**
   * From now on these are the committed metrics.
   *
   * @param committed what had been counted at the barrier of the checkpoint that is complete
   */
  record CommitMetrics(MetricBytes committed) implements JobAction {
    /** The numbers would fill pages. */
    @Override
    public String toString() {
      return "CommitMetrics";
    }
  }

  /** A new attempt begins: nothing is counted yet but what its checkpoint had counted. */
  record BeginMetrics(MetricBytes base) implements JobAction {
    /** The numbers would fill pages. */
    @Override
    public String toString() {
      return "BeginMetrics";
    }
  }

  /** Store a checkpoint; what came of it is an event. */
  record Store(SavedCheckpoint checkpoint) implements JobAction {}

  /** Write a stored checkpoint to where its user wants it; what came of it is an event. */
  record WriteSavepoint(SavedCheckpoint checkpoint, SavepointRequest wanted) implements JobAction {}

  /** Find a checkpoint before this one, which is damaged; what was found is an event. */
  record FindEarlier(long checkpoint) implements JobAction {}

  /** Close the job's ledger; that it is closed is an event. */
  record CloseLedger(JobPhase outcome) implements JobAction {}

  /**
   * Warn about something that does not stop the job.
   *
   * @param stackTrace of what was thrown; empty if nothing was
   */
  record Warn(String message, String stackTrace) implements JobAction {
    Warn(String message) {
      this(message, "");
    }
  }
}
