package dev.sluice.worker.pardo;

import dev.sluice.state.keyed.KeyedState;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * One timer of a DoFn for the current key and window.
 *
 * <p>Made for one call of user code and bound to what that call was about. Always true: an
 * event-time timer neither fires nor holds the watermark beyond its window's expiry, so state
 * outlives it.
 */
final class UserTimer implements Timer {
  private static final Instant NO_HOLD = BoundedWindow.TIMESTAMP_MAX_VALUE.plus(Duration.millis(1));

  /** What all timers of one DoFn share. */
  record Family(String id, TimeDomain domain, KeyedState<Object> state, TimestampRule timestamps) {}

  private final Family family;
  private final String timerId;
  private final WindowScope scope;
  private final long inputMs;
  private Duration offset = Duration.ZERO;
  private Duration period = Duration.ZERO;
  private Instant outputTimestamp;
  private boolean holdsNothing;

  UserTimer(Family family, String timerId, WindowScope scope, long inputMs) {
    this.family = family;
    this.timerId = timerId;
    this.scope = scope;
    this.inputMs = inputMs;
  }

  @Override
  public void set(Instant target) {
    Instant output = outputTimestamp(target);
    timers().setTimer(scope.namespace(), timerId, family.id, target, output, family.domain);
  }

  @Override
  public void setRelative() {
    Instant now = getCurrentRelativeTime();
    Instant target = now.plus(offset);
    if (period.getMillis() != 0) {
      // Beam's own arithmetic: aligned within the period after now, which an offset may cross.
      long sinceMultiple = target.getMillis() % period.getMillis();
      target = sinceMultiple == 0 ? now : now.plus(period).minus(Duration.millis(sinceMultiple));
    }
    set(isEventTime() && target.isAfter(scope.expiry()) ? scope.expiry() : target);
  }

  @Override
  public void clear() {
    timers().deleteTimer(scope.namespace(), timerId, family.id, family.domain);
  }

  @Override
  public Timer offset(Duration newOffset) {
    offset = newOffset;
    return this;
  }

  @Override
  public Timer align(Duration newPeriod) {
    period = newPeriod;
    return this;
  }

  @Override
  public Timer withOutputTimestamp(Instant newOutputTimestamp) {
    outputTimestamp = newOutputTimestamp;
    holdsNothing = false;
    return this;
  }

  @Override
  public Timer withNoOutputTimestamp() {
    outputTimestamp = null;
    holdsNothing = true;
    return this;
  }

  @Override
  public Instant getCurrentRelativeTime() {
    return isEventTime() ? timers().currentInputWatermarkTime() : timers().currentProcessingTime();
  }

  private boolean isEventTime() {
    return family.domain == TimeDomain.EVENT_TIME;
  }

  private TimerInternals timers() {
    return family.state.timerInternals();
  }

  /** Where the timer's outputs will be, which is what it holds the watermark at. */
  private Instant outputTimestamp(Instant target) {
    if (holdsNothing) {
      if (isEventTime()) {
        checkNotExpired("a firing timestamp", target);
      }
      return NO_HOLD;
    }
    Instant output = outputTimestamp;
    if (output != null) {
      family.timestamps.checkTimer(inputMs, output.getMillis());
    } else {
      output = isEventTime() ? target : Instant.ofEpochMilli(inputMs);
    }
    checkNotExpired("an output timestamp", output);
    if (isEventTime()) {
      checkNotExpired("a firing timestamp", target);
    }
    return output;
  }

  private void checkNotExpired(String what, Instant time) {
    if (time.isAfter(scope.expiry())) {
      throw new IllegalArgumentException(
          "Attempted to set "
              + (isEventTime() ? "an event-time" : "a processing-time")
              + " timer with "
              + what
              + " of "
              + time
              + " that is after the expiration of window "
              + scope.expiry());
    }
  }
}
