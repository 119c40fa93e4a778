package dev.sluice.worker.task;

import dev.sluice.state.error.Thrown;

/**
 * What a task does at its end, one thing after the other, each whatever became of those before.
 *
 * <p>Used once, by the task's thread.
 */
final class Closing {
  private Throwable reason;

  /** Something to be closed or abandoned. */
  interface Part {
    void close() throws Exception;
  }

  /**
   * Begins.
   *
   * @param reason why the task ends; null if nothing has failed
   */
  Closing(Throwable reason) {
    this.reason = reason;
  }

  /** Does one thing more. */
  void and(Part part) {
    try {
      part.close();
    } catch (Throwable e) {
      if (reason == null) {
        reason = e;
      } else {
        Thrown.suppress(reason, e);
      }
    }
  }

  /** What was thrown first; null if nothing was. */
  Throwable reason() {
    return reason;
  }
}
