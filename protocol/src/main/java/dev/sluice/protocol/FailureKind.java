package dev.sluice.protocol;

/**
 * Whose fault a failure is, what the engine does about it, and what the person can do: the one
 * table of failures.
 */
public enum FailureKind {
  /** A DoFn, source, coder or window function of the user threw. */
  USER_CODE(
      "the pipeline's own code, or the world around it",
      "goes back to the last checkpoint; fails the job after --restartAttempts failures of one"
          + " transform, or at once if the job has no checkpoints",
      ""),
  /** The pipeline or an option cannot be run as it is. */
  BAD_PIPELINE("the pipeline or an option", "fails the job", ""),
  /** Scratch space could not be written or read. */
  DISK(
      "the disk with scratch files, or the storage that does not answer",
      "goes back to the last checkpoint; fails the job after --restartAttempts failures",
      "Free space there, or choose another place for scratch files with -Djava.io.tmpdir."),
  /** The worker that ran the task is gone. */
  WORKER_LOST(
      "the machine, or the heap",
      "goes back to the last checkpoint as soon as there is a worker",
      "Give the process more memory (-Xmx) or less to do at a time (--parallelism)."),
  /** A file of the checkpoint that was to be restored is missing or not what was written. */
  CORRUPT_CHECKPOINT(
      "whatever changed the file",
      "goes back to the checkpoint before it; fails the job if there is none",
      "Put the file back, begin with a savepoint by --fromSavepoint, or start over with --fresh."),
  /** Too many checkpoints in a row could not be stored. */
  CHECKPOINT_STORAGE(
      "the storage of checkpoints",
      "fails the job after --toleratedCheckpointFailures in a row; the last complete one stands",
      "Make the storage writable or free space on it, and start the job again: it resumes from its"
          + " last complete checkpoint."),
  /** Another process has claimed the job's checkpoints. */
  CLAIM_LOST(
      "whoever started the same job again",
      "fails this job and leaves the checkpoints to the other process",
      "Run only one process for each --jobName and --checkpointStorage."),
  /** The heap of the process is exhausted: whatever has used it up, no job there can continue. */
  HEAP_EXHAUSTED(
      "whatever keeps more than there is room for, most likely the transform that was at work",
      "fails all jobs of the process; the last complete checkpoints stand",
      "Give the process a larger heap (-Xmx4g; for bin/sluice SLUICE_JVM_OPTIONS=-Xmx4g), keep less"
          + " in the transform, or leave state less of the heap by --stateMemoryMb. A job with"
          + " --jobName and --checkpointStorage resumes from its last complete checkpoint when it is"
          + " started again."),
  /** An invariant of the engine is broken: a bug. */
  ENGINE_BUG(
      "Sluice",
      "goes back to the last checkpoint; fails the job after --restartAttempts failures",
      "This is a bug of Sluice: please report it with its stack trace.");

  private final String whose;
  private final String engineDoes;
  private final String cure;

  FailureKind(String whose, String engineDoes, String cure) {
    this.whose = whose;
    this.engineDoes = engineDoes;
    this.cure = cure;
  }

  /** Who or what is to blame. */
  public String whose() {
    return whose;
  }

  /** What the engine does about it. */
  public String engineDoes() {
    return engineDoes;
  }

  /** What the person can do, as a sentence; empty where only the cause itself can tell. */
  public String cure() {
    return cure;
  }

  /** Whether the message of its cause was written by the engine, for a person. */
  public boolean explainsItself() {
    return switch (this) {
      case USER_CODE, ENGINE_BUG -> false;
      case BAD_PIPELINE,
          DISK,
          WORKER_LOST,
          CORRUPT_CHECKPOINT,
          CHECKPOINT_STORAGE,
          CLAIM_LOST,
          HEAP_EXHAUSTED ->
          true;
    };
  }
}
