package dev.sluice.worker.exchange;

import dev.sluice.worker.record.Batch;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * The producer's end of one {@link Channel}: the batch being filled, and the watermark, barriers
 * and end that wait to follow it.
 *
 * <p>Owned by the producer's task. Always true: items enter the channel in the order in which they
 * were handed to the outlet, except that a watermark may be replaced by a later one; who has sent a
 * batch is not idle until the next watermark says so.
 */
final class Outlet {
  private final Channel channel;
  private final BatchSize size;
  private final Room room;
  private Batch batch;
  private long watermarkMs = Long.MIN_VALUE;
  private long drainedFromMs = Long.MAX_VALUE;
  private long sentWatermarkMs = Long.MIN_VALUE;
  private boolean idle;
  private boolean sentIdle;
  private final Deque<ControlItem> waiting = new ArrayDeque<>();
  private boolean asked;
  private long sent;

  Outlet(Channel channel, BatchSize size, Room room) {
    this.channel = channel;
    this.size = size;
    this.room = room;
    this.batch = channel.emptyBatch();
  }

  /** Appends a record; waits for room if the batch before it has nowhere to go. */
  void add(
      Object value,
      int keyHash,
      boolean accumulated,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    if (batch.size() > 0
        && (batch.accumulated() != accumulated || batch.size() >= size.records())) {
      sendBatchWaiting();
    }
    if (batch.size() == 0) {
      batch.accumulated(accumulated);
    }
    batch.add(value, keyHash, timestampMs, windows, pane);
    idle = false;
    if (batch.size() >= size.records()) {
      sendBatchWaiting();
    }
  }

  private void sendBatchWaiting() {
    size.sample(batch);
    while (!sendWaiting() || !channel.offerBatch(batch)) {
      if (channel.awaitsRoom()) {
        room.rest();
      }
    }
    batchSent();
    trySendWatermark();
  }

  private void batchSent() {
    sent++;
    sentIdle = false;
    batch = channel.emptyBatch();
  }

  private boolean sendWaiting() {
    while (!waiting.isEmpty()) {
      if (!channel.offerControl(waiting.peek())) {
        return false;
      }
      waiting.poll();
      sent++;
    }
    return true;
  }

  private boolean trySendWatermark() {
    if (hasWatermark()) {
      if (!channel.offerControl(watermark())) {
        return false;
      }
      watermarkSent();
      sent++;
    }
    return true;
  }

  /** Whether the consumer does not know what has been noted. */
  private boolean hasWatermark() {
    return watermarkMs > sentWatermarkMs || idle != sentIdle;
  }

  private ControlItem watermark() {
    return new ControlItem.Watermark(watermarkMs, drainedFromMs, idle);
  }

  private void watermarkSent() {
    sentWatermarkMs = watermarkMs;
    sentIdle = idle;
  }

  /**
   * Notes the watermark; it is sent behind the batch being filled.
   *
   * @param nowIdle whether nothing is to be expected for the time being
   */
  void watermark(long ms, boolean nowIdle) {
    watermarkMs = Math.max(watermarkMs, ms);
    idle = nowIdle;
    if (hasWatermark()) {
      channel.news();
    }
  }

  /** This one and all others of the exchange have sent what they had. */
  void allSent() {
    channel.told();
  }

  /** Notes from where on the watermark is what it is because of a drain; sent with it. */
  void drainedFrom(long ms) {
    drainedFromMs = ms;
  }

  /** Whether the consumer has asked and is to be told. */
  boolean asked() {
    asked |= channel.takeQuestion();
    return asked;
  }

  /** Answers the consumer if it has asked, behind all that was handed in. */
  void answer() {
    if (asked) {
      asked = false;
      control(new ControlItem.Answer());
    }
  }

  /** Queues a barrier, an answer or the end behind all that came before it. */
  void control(ControlItem item) {
    if (!flush()) {
      queueAll();
    }
    waiting.add(item);
    flush();
  }

  /**
   * The channel is full: what would come before the new control item must not be overtaken by it.
   */
  private void queueAll() {
    if (batch.size() > 0) {
      sendBatchWaiting();
    }
    if (hasWatermark()) {
      waiting.add(watermark());
      watermarkSent();
    }
  }

  /**
   * Sends all that is there.
   *
   * @return false if something had no room; the channel then wakes the task when there is some
   */
  boolean flush() {
    boolean done = sendWaiting() && sendPartialBatch() && trySendWatermark();
    return done
        || (!channel.awaitsRoom() && sendWaiting() && sendPartialBatch() && trySendWatermark());
  }

  private boolean sendPartialBatch() {
    if (batch.size() == 0) {
      return true;
    }
    if (!channel.offerBatch(batch)) {
      return false;
    }
    batchSent();
    return true;
  }

  /** How many items it has put into the channel. */
  long sent() {
    return sent;
  }
}
