package dev.sluice.examples.adclicks;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the pipeline has written so far: the last word on each (ad, minute), and every pane that
 * came twice.
 *
 * <p>Written by the reader's thread, read by the main thread: every method locks.
 */
final class Results {
  private final Map<AdMinute, ClickCount> latest = new HashMap<>();
  private final Map<AdMinute, Long> repeated = new HashMap<>();
  private final Map<AdMinute, BitSet> seen = new HashMap<>();
  private long panes;
  private long counted;
  private long closedUntilMs = Long.MIN_VALUE;

  synchronized void add(ClickCount result) {
    AdMinute key = result.key();
    panes++;
    BitSet panesOfKey = seen.computeIfAbsent(key, k -> new BitSet());
    int pane = Math.toIntExact(result.pane());
    if (panesOfKey.get(pane)) {
      repeated.merge(key, 1L, Long::sum);
    }
    panesOfKey.set(pane);
    if (!result.early()) {
      closedUntilMs = Math.max(closedUntilMs, key.minute().endMs());
    }
    ClickCount before = latest.get(key);
    if (before == null || result.pane() >= before.pane()) {
      latest.put(key, result);
      counted += result.count() - (before == null ? 0 : before.count());
    }
  }

  /** The last word on each (ad, minute), in the order of time. */
  synchronized SortedMap<AdMinute, ClickCount> latest() {
    return new TreeMap<>(latest);
  }

  /** How often a pane was written that had been written before, by (ad, minute). */
  synchronized SortedMap<AdMinute, Long> repeated() {
    return new TreeMap<>(repeated);
  }

  /** How many panes are missing: one with a higher number came, they did not. */
  synchronized long skipped() {
    return seen.values().stream().mapToLong(panes -> panes.length() - panes.cardinality()).sum();
  }

  /** How many results were read. */
  synchronized long panes() {
    return panes;
  }

  /** The clicks in all the latest counts together. */
  synchronized long counted() {
    return counted;
  }

  /** The watermark as the results show it: it has passed this end of a minute. */
  synchronized long closedUntilMs() {
    return closedUntilMs;
  }
}
