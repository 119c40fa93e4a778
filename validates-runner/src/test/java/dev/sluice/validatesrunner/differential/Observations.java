package dev.sluice.validatesrunner.differential;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * What has been seen in the PCollections of the runs of this JVM: one line for each element, with
 * its timestamp, window and pane.
 *
 * <p>Any thread. Always true: lines are kept by the id of their run until that run takes them, and
 * two elements that Beam's model calls the same have the same line.
 */
final class Observations {
  private static final Map<String, Collection<String>> BY_RUN = new ConcurrentHashMap<>();

  private Observations() {}

  /** Removes and returns what the run has seen, sorted. */
  static List<String> take(String run) {
    Collection<String> seen = BY_RUN.remove(run);
    List<String> sorted = seen == null ? new ArrayList<>() : new ArrayList<>(seen);
    sorted.sort(null);
    return sorted;
  }

  /**
   * The first pane that is no speculation is late if the output watermark has passed its window by
   * then, and else on time. How far the watermark is when the pane fires is the runner's affair,
   * and on the DirectRunner a matter of which of its threads was first.
   */
  private static String describe(PaneInfo pane) {
    if (pane.getTiming() != PaneInfo.Timing.LATE || pane.getNonSpeculativeIndex() != 0) {
      return pane.toString();
    }
    return PaneInfo.createPane(
            pane.isFirst(), pane.isLast(), PaneInfo.Timing.ON_TIME, pane.getIndex(), 0)
        .toString();
  }

  private static String describe(Object value) {
    if (value instanceof KV<?, ?> kv) {
      return describe(kv.getKey()) + "=" + describe(kv.getValue());
    }
    if (value instanceof Iterable<?> values) {
      List<String> sorted = new ArrayList<>();
      values.forEach(v -> sorted.add(describe(v)));
      sorted.sort(null);
      return sorted.toString();
    }
    return String.valueOf(value);
  }

  /** Writes down each element of one PCollection. */
  static final class ObserveFn<T> extends DoFn<T, Void> {
    private final String run;
    private final String name;

    ObserveFn(String run, String name) {
      this.run = run;
      this.name = name;
    }

    @ProcessElement
    public void process(
        @Element T element, @Timestamp Instant timestamp, BoundedWindow window, PaneInfo pane) {
      BY_RUN
          .computeIfAbsent(run, r -> new ConcurrentLinkedQueue<>())
          .add(
              "%s: %s at %s in %s %s"
                  .formatted(
                      name, describe(element), timestamp.getMillis(), window, describe(pane)));
    }
  }
}
