package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.EndOfTime;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.joda.time.format.PeriodFormat;

/**
 * How far before its input's timestamp a DoFn may output: by no more than its allowed skew.
 *
 * <p>Immutable.
 */
final class TimestampRule {
  private static final long MAX_MS = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final Duration skew;
  private final long skewMs;

  private TimestampRule(Duration skew) {
    this.skew = skew;
    this.skewMs = skew.getMillis();
  }

  /** The rule for what {@code fn} outputs. */
  @SuppressWarnings("deprecation") // deprecated for users who write DoFns, binding for runners
  static TimestampRule of(DoFn<?, ?> fn) {
    return new TimestampRule(fn.getAllowedTimestampSkew());
  }

  /** A splittable DoFn's outputs are bound by its watermark estimator, not by its element. */
  static TimestampRule ofSplittable() {
    return new TimestampRule(Duration.millis(Long.MAX_VALUE));
  }

  /** Refuses an output that is not allowed, in the words Beam's users know. */
  void check(long inputMs, long outputMs) {
    EndOfTime.checkElement(outputMs);
    if (outputMs < lowerBound(inputMs)) {
      throw new IllegalArgumentException(
          message("Cannot output with timestamp ", inputMs, outputMs));
    }
  }

  /** Refuses a timer whose output timestamp is not allowed. */
  void checkTimer(long inputMs, long outputMs) {
    if (outputMs > MAX_MS || outputMs < lowerBound(inputMs)) {
      throw new IllegalArgumentException(
          message("Cannot output timer with output timestamp ", inputMs, outputMs));
    }
  }

  private long lowerBound(long inputMs) {
    long bound = inputMs - skewMs;
    boolean overflowed = ((inputMs ^ skewMs) & (inputMs ^ bound)) < 0;
    return overflowed ? BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis() : bound;
  }

  private String message(String what, long inputMs, long outputMs) {
    String printedSkew =
        skewMs >= Integer.MAX_VALUE
            ? skew.toString()
            : PeriodFormat.getDefault().print(skew.toPeriod());
    return what
        + Instant.ofEpochMilli(outputMs)
        + ". Output timestamps must be no earlier than the timestamp of the current input or timer"
        + " ("
        + Instant.ofEpochMilli(inputMs)
        + ") minus the allowed skew ("
        + printedSkew
        + ") and no later than "
        + BoundedWindow.TIMESTAMP_MAX_VALUE
        + ". See the DoFn#getAllowedTimestampSkew() Javadoc for details on changing the allowed"
        + " skew.";
  }
}
