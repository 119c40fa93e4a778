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
  /** A file of the checkpoint that was to be restored is missing or not what was written. */
  CORRUPT_CHECKPOINT,
  /** Too many checkpoints in a row could not be stored. */
  CHECKPOINT_STORAGE,
  /** Another process has claimed the job's checkpoints. */
  CLAIM_LOST,
  /** An invariant of the engine is broken: a bug. */
  ENGINE_BUG
}
