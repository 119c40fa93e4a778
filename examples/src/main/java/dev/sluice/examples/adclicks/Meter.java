package dev.sluice.examples.adclicks;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** How fast a number grows, over the last few seconds. Used by one thread. */
final class Meter {
  private static final long SPAN_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final ArrayDeque<Reading> readings = new ArrayDeque<>();

  private record Reading(long nanos, long value) {}

  /** Takes a reading and returns the growth per second. */
  long perSecond(long nanos, long value) {
    readings.addLast(new Reading(nanos, value));
    while (readings.size() > 2 && nanos - readings.peekFirst().nanos() > SPAN_NANOS) {
      readings.removeFirst();
    }
    Reading first = readings.peekFirst();
    long passed = nanos - first.nanos();
    return passed == 0 ? 0 : (value - first.value()) * TimeUnit.SECONDS.toNanos(1) / passed;
  }
}
