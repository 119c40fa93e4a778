package dev.sluice.protocol.world;

/** The time of the machine, or what a simulation takes for it. */
public interface Clock {
  /** Milliseconds since the epoch. */
  long nowMs();

  /** Nanoseconds since some fixed moment, for durations. */
  long nanoTime();
}
