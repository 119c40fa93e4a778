package dev.sluice.worker.task;

/** Unwinds a step of a task that was asked to stop while it waited for room. */
final class StopRequestedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StopRequestedException() {
    super("the task was asked to stop", null, false, false);
  }
}
