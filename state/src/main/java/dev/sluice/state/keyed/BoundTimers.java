package dev.sluice.state.keyed;

import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.state.TimeDomain;
import org.joda.time.Instant;

/**
 * Beam's view of the timers of whichever key is selected in a {@link KeyedState}, and of its time.
 *
 * <p>One object for each {@link KeyedState}, used by the task's thread.
 */
final class BoundTimers implements TimerInternals {
  private final KeyedState<?> owner;
  private final Times times;

  // Libraries ask for the time at each element; it seldom changes.
  private Instant processingTime = Instant.EPOCH;
  private Instant synchronizedTime = Instant.EPOCH;
  private Instant inputWatermark = Instant.EPOCH;
  private Instant outputWatermark = Instant.EPOCH;

  BoundTimers(KeyedState<?> owner, Times times) {
    this.owner = owner;
    this.times = times;
  }

  @Override
  public void setTimer(
      StateNamespace namespace,
      String timerId,
      String timerFamilyId,
      Instant target,
      Instant outputTimestamp,
      TimeDomain timeDomain) {
    // Operators set the timer of a window again at each element: that shall cost nothing.
    TimerNode former = owner.timers().find(namespace, timerId, timerFamilyId);
    if (former == null
        || former.data.getDomain() != timeDomain
        || !former.firesAt(target, outputTimestamp)) {
      StateNamespace shared = owner.namespaces().intern(namespace).value;
      owner
          .timers()
          .set(TimerData.of(timerId, timerFamilyId, shared, target, outputTimestamp, timeDomain));
    }
  }

  @Override
  @Deprecated
  public void setTimer(TimerData timerData) {
    owner.timers().set(timerData);
  }

  @Override
  public void deleteTimer(
      StateNamespace namespace, String timerId, String timerFamilyId, TimeDomain timeDomain) {
    TimerNode timer = owner.timers().find(namespace, timerId, timerFamilyId);
    if (timer != null) {
      owner.timers().checkDomain(timer, timeDomain);
      owner.timers().remove(timer);
    }
  }

  @Override
  @Deprecated
  public void deleteTimer(StateNamespace namespace, String timerId, String timerFamilyId) {
    TimerNode timer = owner.timers().find(namespace, timerId, timerFamilyId);
    if (timer != null) {
      owner.timers().remove(timer);
    }
  }

  @Override
  @Deprecated
  public void deleteTimer(TimerData timer) {
    deleteTimer(
        timer.getNamespace(), timer.getTimerId(), timer.getTimerFamilyId(), timer.getDomain());
  }

  @Override
  public Instant currentProcessingTime() {
    processingTime = instant(times.processingTimeMs(), processingTime);
    return processingTime;
  }

  @Override
  public Instant currentSynchronizedProcessingTime() {
    synchronizedTime = instant(times.synchronizedTimeMs(), synchronizedTime);
    return synchronizedTime;
  }

  @Override
  public Instant currentInputWatermarkTime() {
    inputWatermark = instant(times.inputWatermarkMs(), inputWatermark);
    return inputWatermark;
  }

  @Override
  public Instant currentOutputWatermarkTime() {
    outputWatermark = instant(times.outputWatermarkMs(), outputWatermark);
    return outputWatermark;
  }

  private static Instant instant(long ms, Instant last) {
    return last.getMillis() == ms ? last : Instant.ofEpochMilli(ms);
  }
}
