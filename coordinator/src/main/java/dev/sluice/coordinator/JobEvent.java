package dev.sluice.coordinator;

import dev.sluice.worker.protocol.WorkerEvent;
import java.util.List;

/** What can happen to a job. */
public sealed interface JobEvent {

  /** There are workers; told after the submission and whenever one more registers. */
  record WorkersKnown(List<String> workers) implements JobEvent {
    public WorkersKnown {
      workers = List.copyOf(workers);
    }
  }

  /** The client wants it stopped. */
  record CancelRequested() implements JobEvent {}

  /** A worker has told something. */
  record Reported(String worker, WorkerEvent event) implements JobEvent {
    /** An event may hold all metrics or splits. */
    @Override
    public String toString() {
      return event.getClass().getSimpleName() + "[" + worker + "]";
    }
  }

  /** It is time for a periodic checkpoint. */
  record CheckpointDue() implements JobEvent {}

  /** A checkpoint should have been complete by now. */
  record CheckpointOverdue(long checkpoint) implements JobEvent {}

  /** All threads should have ended by now. */
  record StopOverdue() implements JobEvent {}
}
