package dev.sluice.worker.exchange;

import dev.sluice.worker.record.Batch;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * What a producer sends into one channel: the batch being filled, and the watermark, barriers,
 * answers and end that wait to follow it; and what the consumer has sent back.
 *
 * <p>Owned by the producer's task. Always true: items enter the channel in the order in which they
 * were handed to the outlet, except that a watermark may be replaced by a later one; who has sent a
 * batch is not idle until the next watermark says so; the channel is behind from the moment in
 * which a watermark is noted until it is in the channel.
 */
final class Outlet {
  private final ChannelWriter channel;
  private final BatchSize size;
  private final Room room;
  private Batch batch;
  private long watermarkMs = Long.MIN_VALUE;
  private long drainedFromMs = Long.MAX_VALUE;
  private long sentWatermarkMs = Long.MIN_VALUE;
  private boolean idle;
  private boolean sentIdle;
  private final Deque<ControlItem> waiting = new ArrayDeque<>();
  private boolean behind;
  private long sent;

  private int credit = Feedback.Credit.MOST;
  private boolean questioned;
  private boolean asked;
  private boolean givenUp;

  Outlet(ChannelWriter channel, BatchSize size, Room room) {
    this.channel = channel;
    this.size = size;
    this.room = room;
    this.batch = channel.emptyBatch();
  }

  /** Takes in what the consumer has sent. */
  private void hear() {
    for (Feedback heard = channel.nextFeedback(); heard != null; heard = channel.nextFeedback()) {
      if (heard instanceof Feedback.Credit granted) {
        credit = granted.batches();
      } else if (heard instanceof Feedback.Question) {
        questioned = true;
      } else {
        givenUp = true;
      }
    }
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
    while (!sendWaiting() || !sendPartialBatch()) {
      if (channel.awaitsRoom(credit / 2)) {
        room.rest();
      }
    }
    if (trySendWatermark()) {
      catchUp();
    }
  }

  private boolean sendPartialBatch() {
    if (batch.size() == 0) {
      return true;
    }
    hear();
    if (!givenUp && !channel.offer(batch, credit)) {
      return false;
    }
    sent++;
    sentIdle = false;
    batch = channel.emptyBatch();
    return true;
  }

  private boolean sendControl(ControlItem item) {
    hear();
    if (!givenUp && !channel.offer(item, Integer.MAX_VALUE)) {
      return false;
    }
    sent++;
    return true;
  }

  private boolean sendWaiting() {
    while (!waiting.isEmpty()) {
      if (!sendControl(waiting.peek())) {
        return false;
      }
      waiting.poll();
    }
    return true;
  }

  private boolean trySendWatermark() {
    if (hasWatermark()) {
      if (!sendControl(watermark())) {
        return false;
      }
      watermarkSent();
    }
    return true;
  }

  /** What had been noted is in the channel, if nothing more waits for room. */
  private void catchUp() {
    if (behind && waiting.isEmpty() && !hasWatermark()) {
      behind = false;
      channel.caughtUp();
    }
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
    if (hasWatermark() && !behind) {
      behind = true;
      channel.behind();
    }
  }

  /** Notes from where on the watermark is what it is because of a drain; sent with it. */
  void drainedFrom(long ms) {
    drainedFromMs = ms;
  }

  /** Whether the consumer has asked and waits for an answer. */
  boolean asked() {
    hear();
    asked |= questioned;
    questioned = false;
    return asked;
  }

  /**
   * Answers the consumer if it had asked when {@link #asked} was called, behind all that was handed
   * in.
   */
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
    return sendAll() || (!channel.awaitsRoom(credit / 2) && sendAll());
  }

  private boolean sendAll() {
    boolean all = sendWaiting() && sendPartialBatch() && trySendWatermark();
    if (all) {
      catchUp();
    }
    return all;
  }

  /** How many items it has put into the channel. */
  long sent() {
    return sent;
  }
}
