package dev.sluice.examples.adclicks;

import java.util.Locale;
import java.util.SortedMap;

/**
 * The run at one moment, as {@link LiveView} shows it.
 *
 * @param phase what the run is doing, such as {@code 12 s of 30 s}
 * @param sent clicks in the topic
 * @param sentPerSecond how fast they come in
 * @param counted clicks in the latest counts
 * @param countedPerSecond how fast they are counted
 * @param newestMs event time of the latest click, or {@link Long#MIN_VALUE} if unknown
 * @param watermarkMs the end of a minute that the watermark has passed, or {@link Long#MIN_VALUE}
 * @param latest the latest count of each (ad, minute)
 */
record Progress(
    String phase,
    long sent,
    long sentPerSecond,
    long counted,
    long countedPerSecond,
    long newestMs,
    long watermarkMs,
    SortedMap<AdMinute, ClickCount> latest) {

  /** Clicks that are in the topic and in no count yet. */
  private long lag() {
    return Math.max(0, sent - counted);
  }

  /** The lag in clicks, and how long counting them will take at the present rate. */
  String lagText() {
    return countedPerSecond <= 0
        ? String.format(Locale.ROOT, "lag %,d", lag())
        : String.format(Locale.ROOT, "lag %,d (%.1f s)", lag(), (double) lag() / countedPerSecond);
  }
}
