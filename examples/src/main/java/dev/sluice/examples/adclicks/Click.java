package dev.sluice.examples.adclicks;

/**
 * Somebody clicked on an advertisement.
 *
 * @param ad the advertisement
 * @param timeMs when, in milliseconds since 1970: the event time
 */
record Click(String ad, long timeMs) {
  /** The minute in which it happened; this is the window it is counted in. */
  Minute minute() {
    return Minute.of(timeMs);
  }

  /** The value of its Kafka record: {@code <ad>,<time in ms>}. */
  String toLine() {
    return ad + "," + timeMs;
  }

  /**
   * Reads a line back.
   *
   * @throws IllegalArgumentException if it is not a click
   */
  static Click parse(String line) {
    int comma = line == null ? -1 : line.lastIndexOf(',');
    if (comma <= 0) {
      throw new IllegalArgumentException("not a click, expected <ad>,<time in ms>: " + line);
    }
    try {
      return new Click(line.substring(0, comma), Long.parseLong(line.substring(comma + 1).strip()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a click, expected <ad>,<time in ms>: " + line, e);
    }
  }
}
