package dev.sluice.examples.adclicks;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a {@link Progress} as a small table for a terminal, or as one line for a pipe. Stateless.
 */
final class LiveView {
  private static final int MINUTES_SHOWN = 6;
  private static final int ADS_SHOWN = 8;
  private static final int COLUMN = 8;
  private static final String BOLD = "\u001b[1m";
  private static final String FAINT = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

  private final String title;

  LiveView(String title) {
    this.title = title;
  }

  /** One line for a pipe. */
  String line(Progress progress) {
    return String.format(
        Locale.ROOT,
        "%s: %,d clicks (%,d/s), counted %,d (%,d/s), %s, %s",
        progress.phase(),
        progress.sent(),
        progress.sentPerSecond(),
        progress.counted(),
        progress.countedPerSecond(),
        progress.lagText(),
        times(progress));
  }

  /** Lines for a terminal. */
  List<String> lines(Progress progress) {
    List<String> lines = new ArrayList<>();
    lines.add(BOLD + title + PLAIN + "   " + progress.phase());
    lines.add(
        format("  produced  %,13d clicks  %,9d/s", progress.sent(), progress.sentPerSecond()));
    lines.add(
        format("  counted   %,13d clicks  %,9d/s", progress.counted(), progress.countedPerSecond())
            + "   "
            + progress.lagText());
    lines.add("  " + times(progress));
    lines.add("");
    lines.addAll(table(progress.latest()));
    return lines;
  }

  /** The latest counts of the last minutes, the newest minute first. */
  List<String> table(Map<AdMinute, ClickCount> latest) {
    List<String> ads = mostClicked(latest);
    TreeMap<Minute, TreeMap<String, ClickCount>> byMinute = new TreeMap<>();
    latest.forEach(
        (key, count) ->
            byMinute.computeIfAbsent(key.minute(), m -> new TreeMap<>()).put(key.ad(), count));
    List<String> lines = new ArrayList<>();
    StringBuilder head = new StringBuilder("  minute");
    ads.forEach(ad -> head.append(right(ad)));
    lines.add(BOLD + head + right("all") + PLAIN);
    for (Map.Entry<Minute, TreeMap<String, ClickCount>> minute :
        byMinute.descendingMap().entrySet()) {
      if (lines.size() > MINUTES_SHOWN) {
        break;
      }
      lines.add(row(minute.getKey(), minute.getValue(), ads));
    }
    return lines;
  }

  private static String row(Minute minute, Map<String, ClickCount> counts, List<String> ads) {
    StringBuilder row = new StringBuilder("  ").append(minute).append(" ");
    for (String ad : ads) {
      ClickCount count = counts.get(ad);
      row.append(right(count == null ? "" : format("%,d", count.count())));
    }
    row.append(right(format("%,d", counts.values().stream().mapToLong(ClickCount::count).sum())));
    boolean open = counts.values().stream().anyMatch(ClickCount::early);
    return open ? row + "  counting" : FAINT + row + "  closed" + PLAIN;
  }

  private static List<String> mostClicked(Map<AdMinute, ClickCount> latest) {
    Map<String, Long> byAd = new HashMap<>();
    latest.forEach((key, count) -> byAd.merge(key.ad(), count.count(), Long::sum));
    Comparator<Map.Entry<String, Long>> order = Map.Entry.comparingByValue();
    return byAd.entrySet().stream()
        .sorted(order.reversed().thenComparing(Map.Entry.comparingByKey()))
        .limit(ADS_SHOWN)
        .map(Map.Entry::getKey)
        .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private static String times(Progress progress) {
    StringBuilder times = new StringBuilder();
    if (progress.newestMs() != Long.MIN_VALUE) {
      times.append("event time ").append(clock(progress.newestMs())).append(", ");
    }
    times.append("watermark ");
    return times
        .append(
            progress.watermarkMs() == Long.MIN_VALUE
                ? "before the first minute's end"
                : "past " + clock(progress.watermarkMs()))
        .toString();
  }

  private static String clock(long ms) {
    return CLOCK.format(Instant.ofEpochMilli(ms));
  }

  private static String right(String text) {
    String cut = text.length() < COLUMN ? text : text.substring(text.length() - COLUMN + 1);
    return " ".repeat(COLUMN - cut.length()) + cut;
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
