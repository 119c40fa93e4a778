package dev.sluice.worker.grouping;

import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.joda.time.Instant;

/**
 * The windows of a timestamp, for window functions that look at nothing else.
 *
 * <p>Owned by one operator, the task's thread only; no part of the state, for all of it can be made
 * again. Always true: a collection that was handed out is never changed, and the same windows are
 * handed out as the same collection while they are remembered, so that batches need to name them
 * once. What it remembers are {@value #REMEMBERED} spans of time within which the function is known
 * to give the same windows; a span is made by asking the function itself.
 */
final class WindowsByTime {
  private static final int REMEMBERED = 64;

  private final Assignment assignment;
  private final long periodMs;
  private final Span[] spans = new Span[REMEMBERED];
  private Span last = new Span(1, 0, List.of());

  private WindowsByTime(long periodMs, Assignment assignment) {
    this.periodMs = periodMs;
    this.assignment = assignment;
  }

  /** For the given function, or null if its windows depend on more than time. */
  static WindowsByTime of(WindowFn<?, ?> fn) {
    // Exact classes: a subclass may override anything.
    if (fn.getClass() == GlobalWindows.class) {
      Span always = new Span(Long.MIN_VALUE, Long.MAX_VALUE, List.of(GlobalWindow.INSTANCE));
      return new WindowsByTime(Long.MAX_VALUE, timestampMs -> always);
    }
    if (fn.getClass() == FixedWindows.class) {
      FixedWindows fixed = (FixedWindows) fn;
      return new WindowsByTime(
          fixed.getSize().getMillis(), timestampMs -> span(fixed, timestampMs));
    }
    if (fn.getClass() == SlidingWindows.class) {
      SlidingWindows sliding = (SlidingWindows) fn;
      return new WindowsByTime(
          sliding.getPeriod().getMillis(), timestampMs -> span(sliding, timestampMs));
    }
    return null;
  }

  private static Span span(FixedWindows fn, long timestampMs) {
    IntervalWindow window = fn.assignWindow(Instant.ofEpochMilli(timestampMs));
    return span(
        timestampMs,
        window.start().getMillis(),
        window.maxTimestamp().getMillis(),
        List.of(window));
  }

  private static Span span(SlidingWindows fn, long timestampMs) {
    Collection<IntervalWindow> windows = fn.assignWindows(Instant.ofEpochMilli(timestampMs));
    if (windows.isEmpty()) {
      return new Span(timestampMs, timestampMs, List.of());
    }
    long newestStartMs = Long.MIN_VALUE;
    long oldestEndMs = Long.MAX_VALUE;
    for (IntervalWindow window : windows) {
      newestStartMs = Math.max(newestStartMs, window.start().getMillis());
      oldestEndMs = Math.min(oldestEndMs, window.end().getMillis());
    }
    // Until the next window begins or the oldest ends; since the newest began and the one before
    // the
    // oldest ended.
    long periodMs = fn.getPeriod().getMillis();
    return span(
        timestampMs,
        Math.max(newestStartMs, oldestEndMs - periodMs),
        Math.min(newestStartMs + periodMs, oldestEndMs) - 1,
        List.copyOf(windows));
  }

  private static Span span(
      long timestampMs, long firstMs, long lastMs, List<? extends BoundedWindow> windows) {
    // Beam rounds towards zero: before the epoch its windows need not hold the timestamps they are
    // given to, so nothing can be said of other timestamps there.
    return timestampMs < 0
        ? new Span(timestampMs, timestampMs, windows)
        : new Span(Math.max(firstMs, 0), lastMs, windows);
  }

  /** The windows that hold {@code timestampMs}. */
  Collection<? extends BoundedWindow> windowsAt(long timestampMs) {
    Span span = last;
    if (timestampMs >= span.firstMs && timestampMs <= span.lastMs) {
      return span.windows;
    }
    return elsewhere(timestampMs);
  }

  private Collection<? extends BoundedWindow> elsewhere(long timestampMs) {
    int slot = (int) Math.floorMod(Math.floorDiv(timestampMs, periodMs), (long) REMEMBERED);
    Span span = spans[slot];
    if (span == null || timestampMs < span.firstMs || timestampMs > span.lastMs) {
      span = assignment.spanOf(timestampMs);
      spans[slot] = span;
    }
    last = span;
    return span.windows;
  }

  private interface Assignment {
    Span spanOf(long timestampMs);
  }

  /** All timestamps from {@code firstMs} to {@code lastMs}, both within, have these windows. */
  private record Span(long firstMs, long lastMs, List<? extends BoundedWindow> windows) {}
}
