package dev.sluice.worker.exchange;

/** How a producer waits for room in the middle of a step; owned by its task. */
@FunctionalInterface
public interface Room {
  /**
   * Rests until something may have changed.
   *
   * @throws RuntimeException if the task was asked to stop
   */
  void rest();
}
