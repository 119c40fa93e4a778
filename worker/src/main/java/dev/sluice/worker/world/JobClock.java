package dev.sluice.worker.world;

/**
 * Processing time of one job, in milliseconds since the epoch. A TestStream or a simulation moves
 * it by hand.
 */
public interface JobClock {
  /** Milliseconds since the epoch. */
  long nowMs();
}
