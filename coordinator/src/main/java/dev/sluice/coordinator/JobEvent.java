package dev.sluice.coordinator;

import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.WorkerEvent;
import java.util.List;
import java.util.Optional;

/** What can happen to a job. */
public sealed interface JobEvent {

  /** There are workers; reported after the submission and whenever one more registers. */
  record WorkersKnown(List<String> workers) implements JobEvent {
    public WorkersKnown {
      workers = List.copyOf(workers);
    }
  }

  /** The client wants it stopped. */
  record CancelRequested() implements JobEvent {}

  /**
   * What a worker runs is abandoned.
   *
   * @param why behind its name, for a person
   */
  record WorkerLost(String worker, String why) implements JobEvent {}

  /** The client wants the job to drain: its sources stop and everything ends. */
  record DrainRequested() implements JobEvent {}

  /** The client wants a savepoint. */
  record SavepointWanted(SavepointRequest wanted) implements JobEvent {}

  /** A worker has reported something about an attempt. */
  record Reported(String worker, int attempt, WorkerEvent event) implements JobEvent {
    /** An event may hold all metrics or splits. */
    @Override
    public String toString() {
      return "%s[%s, attempt %d]".formatted(event.getClass().getSimpleName(), worker, attempt);
    }
  }

  /**
   * It is time for a periodic checkpoint.
   *
   * @param attempt the attempt in which it was scheduled
   * @param after the last checkpoint that had begun by then; if another has begun since, that one
   *     counts
   */
  record CheckpointDue(int attempt, long after) implements JobEvent {}

  /** A checkpoint that every task has acknowledged is stored. */
  record CheckpointStored(long checkpoint) implements JobEvent {}

  /** A checkpoint that every task has acknowledged is not stored. */
  record CheckpointNotStored(long checkpoint, String reason, boolean claimLost)
      implements JobEvent {}

  /** The savepoint that the round of this number was begun for is where it was wanted. */
  record SavepointWritten(long checkpoint, SavepointRequest wanted) implements JobEvent {}

  /** It is not. */
  record SavepointNotWritten(long checkpoint, SavepointRequest wanted, String reason)
      implements JobEvent {}

  /** What there is to go back to when the checkpoint that was to be restored is damaged. */
  record EarlierFound(Optional<SavedCheckpoint> earlier) implements JobEvent {}

  /** It is time for the next attempt. */
  record RestartDue(int attempt) implements JobEvent {}

  /** The job's ledger is closed. */
  record LedgerClosed() implements JobEvent {}

  /** A checkpoint should have been complete by now. */
  record CheckpointOverdue(long checkpoint) implements JobEvent {}

  /** All threads of an attempt should have ended by now. */
  record StopOverdue(int attempt) implements JobEvent {}

  /** The ledger should be closed by now. */
  record CloseOverdue() implements JobEvent {}
}
