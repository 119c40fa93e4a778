package dev.sluice.protocol;

import java.util.EnumSet;
import java.util.Set;

/** Where a job is in its life; the legal moves are {@link #next}. */
public enum JobPhase {
  /** Known, and waiting for a worker. */
  SUBMITTED,
  /** A worker splits the job's sources. */
  SPLITTING,
  /** The tasks are at work. */
  RUNNING,
  /** All tasks have done their work; a last checkpoint releases what waits for one. */
  COMPLETING,
  /** Something failed; the job goes back to its last checkpoint as soon as no thread is left. */
  RESTARTING,
  /** The tasks' threads are ending. */
  STOPPING,
  /** All work was done. */
  DONE,
  /** Something went wrong, and no thread of it is left. */
  FAILED,
  /** It was asked to stop, and no thread of it is left. */
  CANCELLED;

  /** The phases that may follow this one. */
  public Set<JobPhase> next() {
    return switch (this) {
      case SUBMITTED -> EnumSet.of(SPLITTING, RUNNING, STOPPING);
      case SPLITTING -> EnumSet.of(SUBMITTED, RUNNING, STOPPING);
      case RUNNING -> EnumSet.of(COMPLETING, RESTARTING, STOPPING);
      case COMPLETING -> EnumSet.of(RESTARTING, STOPPING);
      case RESTARTING -> EnumSet.of(RUNNING, STOPPING);
      case STOPPING -> EnumSet.of(DONE, FAILED, CANCELLED);
      case DONE, FAILED, CANCELLED -> EnumSet.noneOf(JobPhase.class);
    };
  }

  /** Whether nothing follows. */
  public boolean isTerminal() {
    return next().isEmpty();
  }
}
