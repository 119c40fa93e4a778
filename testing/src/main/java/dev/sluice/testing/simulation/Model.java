package dev.sluice.testing.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;

/**
 * What the Beam model says that transforms make of a bounded collection, written as plainly as can
 * be: lists in, lists out, no time, no threads.
 */
final class Model {
  private Model() {}

  static List<Datum> map(List<Datum> in, Function<Datum, List<Datum>> fn) {
    List<Datum> out = new ArrayList<>();
    in.forEach(element -> out.addAll(fn.apply(element)));
    return out;
  }

  static List<Datum> window(
      List<Datum> in, Function<Long, List<? extends BoundedWindow>> windowsOf) {
    return map(
        in,
        e ->
            windowsOf.apply(e.timestampMs()).stream()
                .map(w -> new Datum(e.key(), e.value(), e.timestampMs(), w))
                .toList());
  }

  /** Groups by key and window; sessions merge first. The result is at the end of its window. */
  static List<Datum> group(
      List<Datum> in, boolean sessions, BiFunction<Integer, List<Long>, Long> fn) {
    Map<Integer, List<Datum>> byKey = new TreeMap<>();
    in.forEach(e -> byKey.computeIfAbsent(e.key(), k -> new ArrayList<>()).add(e));
    List<Datum> out = new ArrayList<>();
    byKey.forEach(
        (key, elements) ->
            groupKey(sessions ? merge(elements) : elements)
                .forEach(
                    (window, values) -> {
                      values.sort(Comparator.naturalOrder());
                      out.add(
                          new Datum(
                              key,
                              fn.apply(key, values),
                              window.maxTimestamp().getMillis(),
                              window));
                    }));
    return out;
  }

  private static Map<BoundedWindow, List<Long>> groupKey(List<Datum> elements) {
    Map<BoundedWindow, List<Long>> byWindow =
        new TreeMap<>(
            Comparator.<BoundedWindow>comparingLong(w -> w.maxTimestamp().getMillis())
                .thenComparing(BoundedWindow::toString));
    elements.forEach(
        e -> byWindow.computeIfAbsent(e.window(), w -> new ArrayList<>()).add(e.value()));
    return byWindow;
  }

  /**
   * Gives each element the union of the windows that overlap its own, directly or through others.
   */
  private static List<Datum> merge(List<Datum> elements) {
    List<Datum> sorted = new ArrayList<>(elements);
    sorted.sort(Comparator.comparing(e -> ((IntervalWindow) e.window()).start()));
    List<Datum> out = new ArrayList<>();
    List<Datum> group = new ArrayList<>();
    Instant end = null;
    for (Datum element : sorted) {
      IntervalWindow window = (IntervalWindow) element.window();
      if (end != null && !window.start().isBefore(end)) {
        out.addAll(inOneWindow(group, end));
        group.clear();
        end = null;
      }
      group.add(element);
      end = end == null || window.end().isAfter(end) ? window.end() : end;
    }
    out.addAll(inOneWindow(group, end));
    return out;
  }

  private static List<Datum> inOneWindow(List<Datum> group, Instant end) {
    if (group.isEmpty()) {
      return List.of();
    }
    IntervalWindow union =
        new IntervalWindow(((IntervalWindow) group.get(0).window()).start(), end);
    return group.stream().map(e -> new Datum(e.key(), e.value(), e.timestampMs(), union)).toList();
  }
}
