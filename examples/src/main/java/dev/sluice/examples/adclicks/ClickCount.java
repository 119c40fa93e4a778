package dev.sluice.examples.adclicks;

import java.util.Arrays;

/**
 * One result of the pipeline: how many clicks an ad had in a minute, as far as known when the pane
 * fired. Panes accumulate, so the pane with the highest index has the last word.
 *
 * @param pane 0 for the first pane of its (ad, minute), then 1, 2, ...
 * @param early whether the watermark had not yet passed the end of the minute
 */
record ClickCount(AdMinute key, long count, long pane, boolean early) {
  /**
   * The value of its Kafka record: {@code <ad>,<start of the minute in ms>,<count>,<pane>,<early>}.
   */
  String toLine() {
    return key.ad() + "," + key.minute().startMs() + "," + count + "," + pane + "," + early;
  }

  /**
   * Reads a line back.
   *
   * @throws IllegalArgumentException if it is not a result of this pipeline
   */
  static ClickCount parse(String line) {
    String[] parts = line.split(",");
    int n = parts.length;
    if (n < 5) {
      throw new IllegalArgumentException("not a click count: " + line);
    }
    // An ad may have commas in its name: the other parts are counted from the end.
    String ad = String.join(",", Arrays.asList(parts).subList(0, n - 4));
    return new ClickCount(
        new AdMinute(ad, new Minute(Long.parseLong(parts[n - 4]))),
        Long.parseLong(parts[n - 3]),
        Long.parseLong(parts[n - 2]),
        Boolean.parseBoolean(parts[n - 1]));
  }
}
