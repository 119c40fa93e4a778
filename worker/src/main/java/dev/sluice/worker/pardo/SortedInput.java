package dev.sluice.worker.pardo;

import dev.sluice.state.KeyedState;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.TimeDomain;
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

  private final KeyedState<Object> state;
  private final long allowedLatenessMs;
  private final StateTag<OrderedListState<KV<Object, PaneInfo>>> waiting;

  SortedInput(KeyedState<Object> state, Coder<Object> inputCoder, long allowedLatenessMs) {
    this.state = state;
    this.allowedLatenessMs = allowedLatenessMs;
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
    boolean first =
        elements
            .readRange(BoundedWindow.TIMESTAMP_MIN_VALUE, timestamp.plus(Duration.millis(1)))
            .iterator()
            .hasNext();
    elements.add(TimestampedValue.of(KV.of(value, pane), timestamp));
    if (!first) {
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
    return takeBefore(scope, BoundedWindow.TIMESTAMP_MAX_VALUE.plus(Duration.millis(1)));
  }

  private List<TimestampedValue<KV<Object, PaneInfo>>> takeBefore(WindowScope scope, Instant end) {
    OrderedListState<KV<Object, PaneInfo>> elements = elements(scope);
    List<TimestampedValue<KV<Object, PaneInfo>>> taken = new ArrayList<>();
    elements.readRange(BoundedWindow.TIMESTAMP_MIN_VALUE, end).forEach(taken::add);
    if (!taken.isEmpty()) {
      elements.clearRange(BoundedWindow.TIMESTAMP_MIN_VALUE, end);
    }
    var left = elements.read().iterator();
    if (left.hasNext()) {
      setTimer(scope, left.next().getTimestamp().getMillis());
    }
    return taken;
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
