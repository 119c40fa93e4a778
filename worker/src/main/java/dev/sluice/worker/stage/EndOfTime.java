package dev.sluice.worker.stage;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;

/**
 * What no element and no window that is waited for may reach: {@link
 * BoundedWindow#TIMESTAMP_MAX_VALUE}, where a watermark is when nothing can come any more.
 *
 * <p>Pure functions. An element there is refused where it is made, as Beam's DirectRunner refuses
 * it: the watermark never passes the windows that it falls into, and they would never be emitted.
 */
public final class EndOfTime {
  private static final long MS = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private EndOfTime() {}

  /**
   * Refuses a timestamp that an element may not have.
   *
   * @throws IllegalArgumentException saying what is wrong, but not of which transform
   */
  public static void checkElement(long timestampMs) {
    if (timestampMs >= MS) {
      throw new IllegalArgumentException(
          "Cannot output with timestamp %s: elements must be before the end of time, %s. The last timestamp that the global window holds is GlobalWindow.INSTANCE.maxTimestamp(), %s."
              .formatted(
                  Instant.ofEpochMilli(timestampMs),
                  BoundedWindow.TIMESTAMP_MAX_VALUE,
                  GlobalWindow.INSTANCE.maxTimestamp()));
    }
  }

  /**
   * Refuses a window that is to be emitted when the watermark has passed its end.
   *
   * @param endMs the window's maximum timestamp
   * @throws TransformException naming {@code transformName}
   */
  public static void checkWindow(String transformName, long endMs) {
    if (endMs >= MS) {
      throw new TransformException(
          transformName,
          new IllegalArgumentException(
              "an element fell into a window that ends at %s, which is not before the end of time, %s, so it could never be emitted; give the element an earlier timestamp, or use shorter windows"
                  .formatted(Instant.ofEpochMilli(endMs), BoundedWindow.TIMESTAMP_MAX_VALUE)));
    }
  }
}
