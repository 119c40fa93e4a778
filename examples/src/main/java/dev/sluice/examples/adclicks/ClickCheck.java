package dev.sluice.examples.adclicks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * Compares every (ad, minute) that was produced with the last word of the pipeline on it.
 *
 * @param compared how many (ad, minute) were produced
 * @param right how many of them have the right count
 * @param faults one line for each that does not: missing, wrong, never produced, or written twice
 */
record ClickCheck(int compared, int right, List<String> faults) {
  private static final int FAULTS_SHOWN = 10;

  /**
   * @param produced the truth
   * @param latest the last pane of each (ad, minute)
   * @param repeated how often a pane of it was written again
   */
  static ClickCheck of(
      SortedMap<AdMinute, Long> produced,
      SortedMap<AdMinute, ClickCount> latest,
      SortedMap<AdMinute, Long> repeated) {
    List<String> faults = new ArrayList<>();
    int right = 0;
    for (Map.Entry<AdMinute, Long> expected : produced.entrySet()) {
      AdMinute key = expected.getKey();
      ClickCount found = latest.get(key);
      if (found == null) {
        faults.add(line("missing", key, "produced %,d, nothing counted", expected.getValue()));
      } else if (found.count() != expected.getValue()) {
        faults.add(
            line("wrong", key, "produced %,d, counted %,d", expected.getValue(), found.count()));
      } else {
        right++;
      }
    }
    for (Map.Entry<AdMinute, ClickCount> found : latest.entrySet()) {
      if (!produced.containsKey(found.getKey())) {
        faults.add(
            line(
                "invented",
                found.getKey(),
                "never produced, counted %,d",
                found.getValue().count()));
      }
    }
    for (Map.Entry<AdMinute, Long> again : repeated.entrySet()) {
      faults.add(line("duplicated", again.getKey(), "%,d panes came twice", again.getValue()));
    }
    return new ClickCheck(produced.size(), right, List.copyOf(faults));
  }

  /** Whether all is as it should be; an empty run proves nothing and does not pass. */
  boolean passed() {
    return compared > 0 && faults.isEmpty();
  }

  /** The outcome in a few lines. */
  List<String> report() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "check %s: %,d of %,d counts per (ad, minute) are what was produced",
            passed() ? "PASSED" : "FAILED",
            right,
            compared));
    faults.stream().limit(FAULTS_SHOWN).forEach(fault -> lines.add("  " + fault));
    if (faults.size() > FAULTS_SHOWN) {
      lines.add("  and " + (faults.size() - FAULTS_SHOWN) + " more");
    }
    return lines;
  }

  private static String line(String fault, AdMinute key, String format, Object... values) {
    return fault + " " + key + ": " + String.format(Locale.ROOT, format, values);
  }
}
