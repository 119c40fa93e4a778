package dev.sluice.examples.adclicks;

import java.util.concurrent.TimeUnit;

/**
 * Event time that runs faster than the clock on the wall, so that a short run covers many minutes.
 *
 * @param startNanos the reading of {@link System#nanoTime} at the start
 * @param startMs the event time at the start
 * @param speed how many seconds of event time pass in a second
 */
record EventClock(long startNanos, long startMs, double speed) {
  /** The event time when {@link System#nanoTime} reads {@code nanos}. */
  long at(long nanos) {
    return startMs + (long) (TimeUnit.NANOSECONDS.toMicros(nanos - startNanos) * speed / 1_000);
  }
}
