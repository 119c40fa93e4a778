package dev.sluice.worker.pardo;

import dev.sluice.state.keyed.KeyedState;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Keeps the elements of a DoFn that requires time-sorted input until no earlier one can come.
 *
 * <p>Owned by one operator; the elements are in state, by key and window. Always true: an element
 * is accepted as long as its timestamp plus the allowed lateness is not behind the watermark, and
 * delivered as soon as it is, so a key's elements are delivered in the order of their timestamps.
 * The timer of the earliest one holds the watermark at its timestamp.
 */
final class SortedInput {
  /** The timer that delivers what has become certain. */
  static final String TIMER_ID = "sorted-input";

  /** All of time; adding it to a timestamp cannot overflow. */
  private static final long LONGEST_MS =
      BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis() - BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private static final long FIRST_SPAN_MS = 16;
  private static final Instant START = BoundedWindow.TIMESTAMP_MIN_VALUE;

  private final KeyedState<Object> state;
  private final long allowedLatenessMs;
  private final StateTag<OrderedListState<KV<Object, PaneInfo>>> waiting;
  private final StateTag<ValueState<Instant>> earliestTag =
      StateTags.makeSystemTagInternal(StateTags.value("sorted-input-earliest", InstantCoder.of()));

  SortedInput(KeyedState<Object> state, Coder<Object> inputCoder, long allowedLatenessMs) {
    this.state = state;
    this.allowedLatenessMs = Math.min(allowedLatenessMs, LONGEST_MS);
    this.waiting =
        StateTags.makeSystemTagInternal(
            StateTags.orderedList(
                "sorted-input", KvCoder.of(inputCoder, PaneInfo.PaneInfoCoder.INSTANCE)));
  }

  /** Whether an element at {@code timestampMs} would come after something already delivered. */
  boolean isTooLate(long timestampMs, long watermarkMs) {
    return watermarkMs - allowedLatenessMs > timestampMs;
  }

  /** Keeps an element of the current key. */
  void add(WindowScope scope, Object value, long timestampMs, PaneInfo pane) {
    OrderedListState<KV<Object, PaneInfo>> elements = elements(scope);
    Instant timestamp = Instant.ofEpochMilli(timestampMs);
    ValueState<Instant> earliest = state.stateInternals().state(scope.namespace(), earliestTag);
    elements.add(TimestampedValue.of(KV.of(value, pane), timestamp));
    Instant before = earliest.read();
    if (before == null || timestamp.isBefore(before)) {
      earliest.write(timestamp);
      setTimer(scope, timestampMs);
    }
  }

  /** Takes out, in order, all elements of the current key that nothing can precede any more. */
  List<TimestampedValue<KV<Object, PaneInfo>>> take(WindowScope scope, long watermarkMs) {
    Instant end = Instant.ofEpochMilli(watermarkMs - allowedLatenessMs);
    return takeBefore(scope, end);
  }

  /** Takes out, in order, all elements of the current key. */
  List<TimestampedValue<KV<Object, PaneInfo>>> takeAll(WindowScope scope) {
    return takeBefore(scope, justAfter(BoundedWindow.TIMESTAMP_MAX_VALUE));
  }

  private List<TimestampedValue<KV<Object, PaneInfo>>> takeBefore(WindowScope scope, Instant end) {
    OrderedListState<KV<Object, PaneInfo>> elements = elements(scope);
    List<TimestampedValue<KV<Object, PaneInfo>>> taken = new ArrayList<>();
    elements.readRange(START, end).forEach(taken::add);
    if (!taken.isEmpty()) {
      elements.clearRange(START, end);
    }
    ValueState<Instant> earliest = state.stateInternals().state(scope.namespace(), earliestTag);
    Instant left = earliestFrom(end, elements);
    if (left == null) {
      earliest.clear();
    } else {
      earliest.write(left);
      setTimer(scope, left.getMillis());
    }
    return taken;
  }

  /** Looks into ever wider ranges, as a read copies all it finds. */
  private static Instant earliestFrom(
      Instant from, OrderedListState<KV<Object, PaneInfo>> elements) {
    Instant start = from;
    long spanMs = FIRST_SPAN_MS;
    while (!start.isAfter(BoundedWindow.TIMESTAMP_MAX_VALUE)) {
      Instant limit = start.plus(Duration.millis(spanMs));
      var found = elements.readRange(start, limit).iterator();
      if (found.hasNext()) {
        return found.next().getTimestamp();
      }
      start = limit;
      spanMs *= 2;
    }
    return null;
  }

  private static Instant justAfter(Instant timestamp) {
    return timestamp.plus(Duration.millis(1));
  }

  private OrderedListState<KV<Object, PaneInfo>> elements(WindowScope scope) {
    return state.stateInternals().state(scope.namespace(), waiting);
  }

  private void setTimer(WindowScope scope, long earliestMs) {
    long fireMs = Math.min(earliestMs + allowedLatenessMs, scope.expiryMs());
    state
        .timerInternals()
        .setTimer(
            scope.namespace(),
            TIMER_ID,
            "",
            Instant.ofEpochMilli(fireMs),
            Instant.ofEpochMilli(earliestMs),
            TimeDomain.EVENT_TIME);
  }
}
