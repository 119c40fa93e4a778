package dev.sluice.examples.adclicks;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** One minute of event time, in UTC, by the time it starts. */
record Minute(long startMs) implements Comparable<Minute> {
  static final long LENGTH_MS = 60_000;

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);

  /** The minute that a time falls in. */
  static Minute of(long timeMs) {
    return new Minute(Math.floorDiv(timeMs, LENGTH_MS) * LENGTH_MS);
  }

  /** The first moment that is no longer in it. */
  long endMs() {
    return startMs + LENGTH_MS;
  }

  @Override
  public int compareTo(Minute other) {
    return Long.compare(startMs, other.startMs);
  }

  /** Hours and minutes, such as {@code 10:04}. */
  @Override
  public String toString() {
    return CLOCK.format(Instant.ofEpochMilli(startMs));
  }
}
