package dev.sluice.worker.pardo;

import dev.sluice.state.TaskQueue;
import dev.sluice.state.TaskValue;
import dev.sluice.worker.stage.DrainedWindows;
import dev.sluice.worker.stage.OperatorContext;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.function.ToIntFunction;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/**
 * The elements in front of a transform that requires stable input: each is delivered only after a
 * checkpoint that contains it is complete, or after a restore from one, so that a crash replays
 * exactly what was delivered before.
 *
 * <p>Owned by one {@link ParDoOperator}. Always true: the first {@link #stable} elements of the
 * queue are in a complete checkpoint; time, which lets timers fire, is that of a complete
 * checkpoint too; no element that waits is behind {@link #holdMs}.
 */
final class StableInput {
  private static final long NO_HOLD = Long.MAX_VALUE;
  private static final long START_OF_TIME = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** Takes an element whose turn has come. */
  interface Delivery {
    void deliver(
        Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane);

    /** More time may be seen than before. */
    void advanced();
  }

  private final OperatorContext context;
  private final Delivery delivery;
  private final boolean timed;
  private final TaskQueue<WindowedValue<Object>> queue;
  private final TaskValue<Long> savedWatermark;
  private long stable;
  private long delivered;
  private long watermarkMs = START_OF_TIME;
  private long seenWatermarkMs = START_OF_TIME;

  /** What came between two barriers and is not all delivered yet, the first to go first. */
  private final ArrayDeque<Epoch> epochs = new ArrayDeque<>();

  /** The least timestamp of what came after the last barrier. */
  private long newHoldMs = NO_HOLD;

  /**
   * The elements between two barriers.
   *
   * @param untilDelivered how many elements are delivered when these are
   * @param holdMs their least timestamp
   */
  private record Epoch(long untilDelivered, long holdMs) {}

  /**
   * @param groupOf the key group that an element is saved in
   * @param timed whether the transform has timers, which must not see more than a checkpoint has
   */
  StableInput(
      OperatorContext context,
      ParDoSpec spec,
      ToIntFunction<Object> groupOf,
      boolean timed,
      Delivery delivery) {
    this.context = context;
    this.timed = timed;
    this.delivery = delivery;
    this.queue =
        context
            .task()
            .state()
            .queue(
                context.transformName(),
                "~waits for checkpoint",
                WaitingCoder.of(spec),
                element -> groupOf.applyAsInt(element.getValue()));
    this.savedWatermark =
        context
            .task()
            .state()
            .value(
                context.transformName(),
                "~stable watermark",
                context.task().state().ownGroup(),
                VarLongCoder.of());
  }

  /** What has come back from a checkpoint is in one. */
  void open() {
    stable = queue.size();
    queue.forEach(element -> newHoldMs = Math.min(newHoldMs, element.getTimestamp().getMillis()));
    endEpoch();
    Long saved = savedWatermark.get();
    watermarkMs = saved == null ? START_OF_TIME : saved;
  }

  void add(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    queue.append(
        WindowedValues.of(
            value,
            Instant.ofEpochMilli(timestampMs),
            windows,
            pane,
            null,
            null,
            DrainedWindows.cause(windows)));
    newHoldMs = Math.min(newHoldMs, timestampMs);
  }

  /** A barrier: what waits now is in its checkpoint, and so is what time it is. */
  void barrier() {
    if (!waits()) {
      return;
    }
    long waiting = queue.size();
    long reachedMs = Math.min(seenWatermarkMs, holdMs());
    if (reachedMs > watermarkMs) {
      savedWatermark.set(reachedMs);
    }
    long untilDelivered = delivered + waiting;
    context.task().services().afterCheckpoint(() -> complete(untilDelivered, reachedMs));
    endEpoch();
  }

  // Each epoch holds for itself: while elements keep coming the queue may never be empty. If its
  // checkpoint is never complete, a later one has its elements too.
  private void endEpoch() {
    if (newHoldMs != NO_HOLD) {
      epochs.add(new Epoch(delivered + queue.size(), newHoldMs));
      newHoldMs = NO_HOLD;
    }
  }

  private void complete(long untilDelivered, long reachedMs) {
    stable = Math.max(stable, untilDelivered - delivered);
    watermarkMs = Math.max(watermarkMs, reachedMs);
    delivery.advanced();
  }

  boolean hasDueWork() {
    return stable > 0;
  }

  /** Delivers up to {@code limit} elements. */
  int deliver(int limit) {
    int done = 0;
    while (done < limit && stable > 0) {
      WindowedValue<Object> element = queue.take();
      stable--;
      delivered++;
      done++;
      delivery.deliver(
          element.getValue(),
          element.getTimestamp().getMillis(),
          DrainedWindows.of(element.getWindows(), element.causedByDrain()),
          element.getPaneInfo());
    }
    while (!epochs.isEmpty() && epochs.peek().untilDelivered() <= delivered) {
      epochs.poll();
    }
    return done;
  }

  /** The input's watermark is here; how far the transform may see it. */
  long advance(long inputWatermarkMs) {
    seenWatermarkMs = inputWatermarkMs;
    return Math.min(watermarkMs, holdMs());
  }

  /** No element that waits is earlier than this. */
  long holdMs() {
    long holdMs = newHoldMs;
    for (Epoch epoch : epochs) {
      holdMs = Math.min(holdMs, epoch.holdMs());
    }
    return holdMs;
  }

  /** Whether an element waits for a checkpoint, or the time does. */
  boolean waits() {
    return !queue.isEmpty() || (timed && watermarkMs < seenWatermarkMs);
  }
}
