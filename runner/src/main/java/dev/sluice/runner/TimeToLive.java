package dev.sluice.runner;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the durations of {@code --stateTtl}. Pure functions. */
final class TimeToLive {
  private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h|d)");

  private TimeToLive() {}

  /**
   * Returns the milliseconds by state id.
   *
   * @throws IllegalArgumentException if a duration has no unit, or is none
   */
  static SortedMap<String, Long> parse(@Nullable Map<String, String> byStateId) {
    SortedMap<String, Long> ms = new TreeMap<>();
    if (byStateId != null) {
      byStateId.forEach((id, duration) -> ms.put(id, parse(id, duration)));
    }
    return ms;
  }

  private static long parse(String id, String duration) {
    Matcher matcher = DURATION.matcher(duration);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "stateTtl: '%s' of state '%s' is no duration: give a number and a unit (ms, s, m, h, d), such as 30m"
              .formatted(duration, id));
    }
    return unit(matcher.group(2)).toMillis(Long.parseLong(matcher.group(1)));
  }

  private static TimeUnit unit(String letters) {
    return switch (letters) {
      case "ms" -> TimeUnit.MILLISECONDS;
      case "s" -> TimeUnit.SECONDS;
      case "m" -> TimeUnit.MINUTES;
      case "h" -> TimeUnit.HOURS;
      default -> TimeUnit.DAYS;
    };
  }
}
