package dev.sluice.worker.pardo;

import dev.sluice.state.TaskQueue;
import dev.sluice.state.TaskValue;
import dev.sluice.worker.stage.DrainedWindows;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.watermark.Activity;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * The elements and the time in front of a transform that requires stable input. What comes between
 * two barriers is an epoch: how late it was at its end by the clock, its elements, and how far the
 * watermark was. An epoch is let through only after a checkpoint that contains it is complete, or
 * after a restore from one, so that a crash replays exactly what was let through before.
 *
 * <p>Owned by one {@link ParDoOperator}. Always true: the transform sees one epoch after the other,
 * and in each of them the clock moves before the elements and the watermark after them; whatever
 * timers are due fire before the next element. So what it does depends on the epochs alone, not on
 * when each of them was let through. No element that waits is behind {@link #holdMs}.
 */
final class StableInput implements WaitingRoom {
  private static final long NO_HOLD = Long.MAX_VALUE;
  private static final long START_OF_TIME = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** What stands behind the wait. */
  interface Delivery {
    /** Takes an element whose turn has come. */
    void deliver(
        Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane);

    /** What stands behind the wait may see time move on. */
    void advanced();
  }

  /** What comes between two barriers: first it grows, then it is let through. */
  private static final class Epoch {
    /** The barrier before it. */
    final long after;

    /** How many of its elements wait. */
    long left;

    /** The least timestamp of its elements. */
    long holdMs = NO_HOLD;

    long watermarkMs = START_OF_TIME;
    long timeMs = START_OF_TIME;

    Epoch(long after) {
      this.after = after;
    }

    void add(long timestampMs) {
      left++;
      holdMs = Math.min(holdMs, timestampMs);
    }

    void endAt(long toWatermarkMs, long toTimeMs) {
      watermarkMs = toWatermarkMs;
      timeMs = toTimeMs;
    }
  }

  private final OperatorContext context;
  private final Delivery delivery;
  private final @Nullable KeyedElements timers;

  /** The elements, each with the last barrier before it. */
  private final TaskQueue<KV<Long, WindowedValue<Object>>> queue;

  /**
   * Watermark and clock by the barrier before the epoch; first those that the transform has
   * reached.
   */
  private final TaskValue<List<KV<Long, KV<Long, Long>>>> savedTimes;

  /** Those that have ended, the first to go first. */
  private final ArrayDeque<Epoch> ended = new ArrayDeque<>();

  private Epoch growing = new Epoch(0);
  private long watermarkMs = START_OF_TIME;
  private long timeMs = START_OF_TIME;
  private long seenWatermarkMs = START_OF_TIME;

  /** Epochs after an earlier barrier than this one are in a complete checkpoint. */
  private long stableBefore;

  /**
   * @param groupOf the key group that an element is saved in
   * @param timers the transform's timers, which must not see more than a checkpoint has; null if it
   *     has none
   */
  StableInput(
      OperatorContext context,
      ParDoSpec spec,
      ToIntFunction<Object> groupOf,
      @Nullable KeyedElements timers,
      Delivery delivery) {
    this.context = context;
    this.timers = timers;
    this.delivery = delivery;
    Coder<Long> number = VarLongCoder.of();
    this.queue =
        context
            .task()
            .state()
            .queue(
                context.transformName(),
                "~waits for checkpoint",
                KvCoder.of(number, WaitingCoder.of(spec)),
                element -> groupOf.applyAsInt(element.getValue().getValue()));
    this.savedTimes =
        context
            .task()
            .state()
            .value(
                context.transformName(),
                "~stable times",
                context.task().state().ownGroup(),
                ListCoder.of(KvCoder.of(number, KvCoder.of(number, number))));
  }

  /** Sorts what has come back from a checkpoint into the epochs in which it came. */
  @Override
  public void open() {
    TreeMap<Long, Epoch> byBarrier = new TreeMap<>();
    queue.forEach(
        element -> {
          // After a change of parallelism the elements of one task come behind those of another.
          long after =
              byBarrier.isEmpty()
                  ? element.getKey()
                  : Math.max(element.getKey(), byBarrier.lastKey());
          byBarrier
              .computeIfAbsent(after, Epoch::new)
              .add(element.getValue().getTimestamp().getMillis());
        });
    List<KV<Long, KV<Long, Long>>> times = savedTimes.get();
    if (times != null) {
      watermarkMs = times.get(0).getValue().getKey();
      timeMs = times.get(0).getValue().getValue();
      for (KV<Long, KV<Long, Long>> time : times.subList(1, times.size())) {
        byBarrier
            .computeIfAbsent(time.getKey(), Epoch::new)
            .endAt(time.getValue().getKey(), time.getValue().getValue());
      }
    }
    ended.addAll(byBarrier.values());
    stableBefore = byBarrier.isEmpty() ? 0 : byBarrier.lastKey() + 1;
    growing = new Epoch(stableBefore);
    tellTime();
  }

  private void tellTime() {
    if (timers != null) {
      timers.timeIs(timeMs);
    }
  }

  void add(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    queue.append(
        KV.of(
            growing.after,
            WindowedValues.of(
                value,
                Instant.ofEpochMilli(timestampMs),
                windows,
                pane,
                null,
                null,
                DrainedWindows.cause(windows))));
    growing.add(timestampMs);
  }

  /** A barrier: what waits now is in its checkpoint, and so is what time it is. */
  @Override
  public void barrier(long checkpoint) {
    if (growing.left > 0 || timeWaits()) {
      growing.endAt(
          Math.max(lastWatermarkMs(), seenWatermarkMs),
          Math.max(lastTimeMs(), context.task().clock().nowMs()));
      ended.add(growing);
    }
    growing = new Epoch(checkpoint);
    if (!ended.isEmpty()) {
      context.task().services().afterCheckpoint(() -> complete(checkpoint));
    }
    if (timers != null) {
      saveTimes();
    }
  }

  private void saveTimes() {
    List<KV<Long, KV<Long, Long>>> times = new ArrayList<>();
    times.add(KV.of(0L, KV.of(watermarkMs, timeMs)));
    for (Epoch epoch : ended) {
      times.add(KV.of(epoch.after, KV.of(epoch.watermarkMs, epoch.timeMs)));
    }
    if (!times.equals(savedTimes.get())) {
      savedTimes.set(times);
    }
  }

  private void complete(long checkpoint) {
    stableBefore = Math.max(stableBefore, checkpoint);
  }

  /** Whether an epoch may be let through, or timers are due, which fire before anything is. */
  @Override
  public boolean hasDueWork() {
    return mayLetThrough() || timersAreDue();
  }

  private boolean mayLetThrough() {
    return !ended.isEmpty() && ended.peek().after < stableBefore;
  }

  private boolean timersAreDue() {
    return timers != null && timers.hasDueWork();
  }

  /** Elements and timers in the one order that does not depend on how many fit into a bundle. */
  @Override
  public int fire(int limit) {
    int done = 0;
    int before = -1;
    while (done < limit && done > before) {
      before = done;
      if (timers != null) {
        done += timers.fire(limit - done);
      }
      done += deliver(limit - done);
    }
    return done;
  }

  /** Lets through what has its turn, up to {@code limit} elements, or until a timer is due. */
  private int deliver(int limit) {
    int done = 0;
    while (done < limit && mayLetThrough() && !timersAreDue()) {
      Epoch epoch = ended.peek();
      if (timeMs < epoch.timeMs) {
        timeMs = epoch.timeMs;
        tellTime();
        delivery.advanced();
      } else if (epoch.left > 0) {
        epoch.left--;
        deliver(queue.take().getValue());
      } else {
        ended.poll();
        watermarkMs = Math.max(watermarkMs, epoch.watermarkMs);
        delivery.advanced();
      }
      done++;
    }
    return done;
  }

  private void deliver(WindowedValue<Object> element) {
    delivery.deliver(
        element.getValue(),
        element.getTimestamp().getMillis(),
        DrainedWindows.of(element.getWindows(), element.causedByDrain()),
        element.getPaneInfo());
  }

  /** Behind it timers see the watermark of the last epoch that was let through. */
  @Override
  public long advance(long inputWatermarkMs) {
    seenWatermarkMs = inputWatermarkMs;
    return watermarkMs;
  }

  @Override
  public Activity activity(Activity input) {
    return hasPendingWork() ? Activity.ACTIVE : input;
  }

  /** No element that waits is earlier than this. */
  @Override
  public long holdMs() {
    long holdMs = growing.holdMs;
    for (Epoch epoch : ended) {
      holdMs = Math.min(holdMs, epoch.holdMs);
    }
    return holdMs;
  }

  @Override
  public long needMs() {
    return holdMs();
  }

  /** Whether an element waits for a checkpoint, or the time does. */
  @Override
  public boolean hasPendingWork() {
    return !ended.isEmpty() || growing.left > 0 || timeWaits();
  }

  @Override
  public boolean waitsForCheckpoint() {
    return hasPendingWork();
  }

  private boolean timeWaits() {
    return timers != null
        && (seenWatermarkMs > lastWatermarkMs()
            || (timers.nextTimerMs() > lastTimeMs()
                && timers.nextTimerMs() <= context.task().clock().nowMs()));
  }

  /** How far the time will have come when all epochs that have ended are let through. */
  private long lastWatermarkMs() {
    return ended.isEmpty() ? watermarkMs : ended.peekLast().watermarkMs;
  }

  private long lastTimeMs() {
    return ended.isEmpty() ? timeMs : ended.peekLast().timeMs;
  }
}
