package dev.sluice.worker.world;

/**
 * A job's clock that stands still until it is moved: that of a TestStream or a simulation.
 *
 * <p>Moved by one thread, read by any.
 */
public final class ManualClock implements JobClock {
  private volatile long nowMs;

  /** Starts at {@code nowMs}, in milliseconds since the epoch. */
  public ManualClock(long nowMs) {
    this.nowMs = nowMs;
  }

  @Override
  public long nowMs() {
    return nowMs;
  }

  /** Moves to {@code nowMs}; never back. */
  public void moveTo(long newNowMs) {
    nowMs = Math.max(nowMs, newNowMs);
  }
}
