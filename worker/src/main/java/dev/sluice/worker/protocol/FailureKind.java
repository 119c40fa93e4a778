package dev.sluice.worker.protocol;

/** Whose fault a failure is. */
public enum FailureKind {
  /** A DoFn, source, coder or window function of the user threw. */
  USER_CODE,
  /** The pipeline or an option cannot be run as it is. */
  BAD_PIPELINE,
  /** Scratch space could not be written or read. */
  DISK,
  /** The worker that ran the task is gone. */
  WORKER_LOST,
  /** An invariant of the engine is broken: a bug. */
  ENGINE_BUG
}
