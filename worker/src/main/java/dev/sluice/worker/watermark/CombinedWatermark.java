package dev.sluice.worker.watermark;

import org.apache.beam.sdk.transforms.windowing.GlobalWindow;

/**
 * The watermark of several inputs as one: the least of those that are active; if none is, the least
 * of all. An input beyond the end of the global window counts as ended: it is not active, and it
 * holds nobody.
 *
 * <p>Owned by the thread of the task whose inputs they are; refilled each time: {@link #begin},
 * {@link #add} for each input, {@link #end}. Always true: the result never goes back, whoever
 * becomes active with whatever watermark; so if all are idle it stays where it is.
 */
public final class CombinedWatermark {
  /** No window ends behind this, so nothing is late by a watermark that stays below it. */
  public static final long END_MS = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  private long reachedMs = Long.MIN_VALUE;
  private Activity activity = Activity.ACTIVE;
  private long leastMs;
  private long leastActiveMs;
  private boolean anyIdle;

  /** The inputs follow. */
  public void begin() {
    leastMs = Long.MAX_VALUE;
    leastActiveMs = Long.MAX_VALUE;
    anyIdle = false;
  }

  /** One of them. */
  public void add(long watermarkMs, boolean idle) {
    leastMs = Math.min(leastMs, watermarkMs);
    if (watermarkMs < END_MS) {
      if (idle) {
        anyIdle = true;
      } else {
        leastActiveMs = Math.min(leastActiveMs, watermarkMs);
      }
    }
  }

  /** That were all of them. */
  public void end() {
    if (leastActiveMs < END_MS) {
      activity = Activity.ACTIVE;
      reachedMs = Math.max(reachedMs, leastActiveMs);
    } else {
      activity = anyIdle ? Activity.IDLE : Activity.ENDED;
      reachedMs = Math.max(reachedMs, leastMs);
    }
  }

  /** As far as they have come together. */
  public long watermarkMs() {
    return reachedMs;
  }

  /** What is to be expected of all of them. */
  public Activity activity() {
    return activity;
  }
}
