package dev.sluice.examples.adclicks;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many clicks were produced for each (ad, minute), and how late they came: the truth that the
 * pipeline is held against.
 *
 * <p>Written by the producer's thread, read by the main thread: every method locks.
 */
final class ProducedClicks {
  private final Map<AdMinute, Long> counts = new HashMap<>();
  private long total;
  private long outOfOrder;
  private long late;
  private long newestMs = Long.MIN_VALUE;

  synchronized void add(Click click) {
    counts.merge(new AdMinute(click.ad(), click.minute()), 1L, Long::sum);
    total++;
    if (click.timeMs() < newestMs) {
      outOfOrder++;
      if (newestMs - click.timeMs() > ClickGenerator.DISORDER_MS) {
        late++;
      }
    } else {
      newestMs = click.timeMs();
    }
  }

  /** All of them, in the order of time. */
  synchronized SortedMap<AdMinute, Long> counts() {
    return new TreeMap<>(counts);
  }

  synchronized long total() {
    return total;
  }

  /** Clicks that came after one that happened later. */
  synchronized long outOfOrder() {
    return outOfOrder;
  }

  /** Clicks that came after the watermark had passed them. */
  synchronized long late() {
    return late;
  }

  /** The latest event time so far. */
  synchronized long newestMs() {
    return newestMs;
  }
}
