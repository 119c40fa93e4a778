package dev.sluice.worker.task;

/**
 * What acts for a task whose thread has ended: a task that had finished is a member of every later
 * checkpoint of its job, with the state that it left. One that had not no longer answers.
 *
 * <p>Owned by the worker's loop.
 */
public final class EndedTask {
  private final CheckpointLog log;
  private final boolean finished;
  private final long lastPassed;

  /**
   * @param finished whether the task had done all its work
   * @param lastPassed the last barrier that it passed itself
   */
  EndedTask(CheckpointLog log, boolean finished, long lastPassed) {
    this.log = log;
    this.finished = finished;
    this.lastPassed = lastPassed;
  }

  /**
   * Answers a checkpoint whose barrier the task has not passed: one that it has passed it has
   * answered itself, or its log will.
   *
   * @param save whether the checkpoint saves anything
   */
  public void acknowledge(long checkpoint, boolean save) {
    if (!finished || checkpoint <= lastPassed) {
      return;
    }
    if (save && log.saves()) {
      log.seal(log.closeEpoch(checkpoint));
    } else {
      log.release(checkpoint);
    }
  }

  /** A checkpoint is complete: files that only earlier ones needed can go. */
  public void completed(long checkpoint) {
    if (finished) {
      log.completed(checkpoint);
    }
  }

  /** No checkpoint follows. */
  public void close() {
    log.close();
  }
}
