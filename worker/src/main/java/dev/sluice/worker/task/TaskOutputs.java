package dev.sluice.worker.task;

import dev.sluice.protocol.Barrier;
import dev.sluice.protocol.world.Clock;
import dev.sluice.worker.exchange.ExchangeWriter;
import dev.sluice.worker.stage.JavaStage;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * All exchanges out of a task's stage, and what had no room in them.
 *
 * <p>Owned by the task's thread.
 */
final class TaskOutputs {
  private static final long FLUSH_NANOS = 5_000_000;

  private final List<ExchangeWriter> writers;
  private final Clock clock;
  private long nextFlushNanos;
  private boolean blocked;

  TaskOutputs(List<ExchangeWriter> writers, Clock clock) {
    this.writers = writers;
    this.clock = clock;
  }

  /** Sends all that is there; false if something had no room. */
  boolean flush() {
    boolean all = true;
    for (ExchangeWriter writer : writers) {
      all &= writer.flush();
    }
    blocked = !all;
    nextFlushNanos = clock.nanoTime() + FLUSH_NANOS;
    return all;
  }

  /** Whether something had no room when it was tried last. */
  boolean blocked() {
    return blocked;
  }

  /** Output that had no room is tried again; new input is taken only when all of it has gone. */
  boolean flushIfBlocked() {
    return !blocked || flush();
  }

  /** Sends what has waited for a few milliseconds. */
  void flushIfDue() {
    if (clock.nanoTime() - nextFlushNanos >= 0) {
      flush();
    }
  }

  /**
   * The watermarks of what the stage writes, as they are now, and what of it is idle.
   *
   * @param drainedFromMs from where on they are what they are because of a drain
   */
  void watermarks(JavaStage stage, long drainedFromMs) {
    for (ExchangeWriter writer : writers) {
      writer.drainedFrom(drainedFromMs);
      String written = writer.exchange().producerCollection();
      writer.watermark(stage.watermarkMs(written), stage.isIdle(written));
    }
  }

  /** Whether a consumer has asked how far the task is. */
  boolean asked() {
    boolean any = false;
    for (ExchangeWriter writer : writers) {
      any |= writer.asked();
    }
    return any;
  }

  /** Answers those that had asked, behind all that was written. */
  void answer() {
    for (ExchangeWriter writer : writers) {
      writer.answer();
    }
  }

  void barrier(long checkpoint, Barrier barrier) {
    for (ExchangeWriter writer : writers) {
      writer.barrier(checkpoint, barrier);
    }
  }

  /** Nothing follows. */
  void end(long drainedFromMs) {
    for (ExchangeWriter writer : writers) {
      writer.drainedFrom(drainedFromMs);
      writer.watermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis(), false);
      writer.end();
    }
  }

  /** How many items it has put into channels. */
  long sent() {
    long sent = 0;
    for (ExchangeWriter writer : writers) {
      sent += writer.sent();
    }
    return sent;
  }
}
