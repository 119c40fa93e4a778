package dev.sluice.worker.pardo;

import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.keyed.KeyedState;
import dev.sluice.state.keyed.Times;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.watermark.Activity;
import dev.sluice.worker.watermark.CombinedWatermark;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.metrics.CounterCell;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * The elements and timers of a DoFn with state or timers.
 *
 * <p>Owned by one {@link ParDoOperator}, whose thread calls it. Always true: an element of an
 * expired window is dropped and counted; the state and timers of a key and window are removed once
 * the watermark has passed the window's expiry, after every event-time timer in it has fired and
 * after {@code @OnWindowExpiration}; timers fire in the order of their time over all keys, those
 * that firing timers set included.
 */
final class KeyedElements implements Times, WaitingRoom {
  private static final String CLEANUP_TIMER_ID = "window-cleanup";
  private static final Instant NO_HOLD = BoundedWindow.TIMESTAMP_MAX_VALUE.plus(Duration.millis(1));

  private final OperatorContext context;
  private final UserFn userFn;
  private final KeyedState<Object> state;
  private final KeyHasher<Object> hasher;
  private final UserState userState;
  private final UserTimers userTimers;
  private final SortedInput sorted;
  private final WindowScope.Cache scopes;
  private final CounterCell dropped;
  private final boolean expirationCallback;
  private final boolean cleansUp;
  private boolean timeFromOutside;
  private long timeMs;
  private long inputWatermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  KeyedElements(OperatorContext context, ParDoSpec spec, UserFn userFn) {
    this.context = context;
    this.userFn = userFn;
    Coder<Object> keyCoder = keyCoder(spec);
    long allowedLatenessMs = spec.windowing().getAllowedLateness().getMillis();
    state =
        context.task().state().keyed(context.transformName(), keyCoder, spec.windowCoder(), this);
    state.expireAfter(
        StateTtl.of(context.task().options())
            .millisOf(context.transformName(), spec.signature().stateDeclarations().keySet()));
    hasher = KeyHasher.of(keyCoder);
    userState = new UserState(spec, state, userFn.stateCheck());
    userTimers = new UserTimers(spec, userFn.call(), state);
    sorted =
        spec.signature().processElement().requiresTimeSortedInput()
            ? new SortedInput(state, spec.inputCoder(), allowedLatenessMs)
            : null;
    scopes = new WindowScope.Cache(spec.windowCoder(), allowedLatenessMs);
    dropped =
        context
            .metrics()
            .getCounter(
                MetricName.named(
                    StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER));
    expirationCallback = spec.signature().onWindowExpiration() != null;
    // The global window expires only with the input itself: plain state needs no timer per key for
    // that.
    cleansUp =
        expirationCallback
            || sorted != null
            || spec.signature().usesTimers()
            || !(spec.windowing().getWindowFn() instanceof GlobalWindows);
    userFn.arguments().withState(userState, userTimers);
  }

  @SuppressWarnings("unchecked")
  private static Coder<Object> keyCoder(ParDoSpec spec) {
    Coder<?> coder = spec.inputCoder();
    if (coder instanceof KvCoder) {
      return (Coder<Object>) ((KvCoder<?, ?>) coder).getKeyCoder();
    }
    throw new IllegalArgumentException(
        "transform '"
            + spec.transformName()
            + "' has state or timers, so its input must have a KvCoder, but has "
            + coder);
  }

  int hashOf(Object value) {
    Object key = userFn.keyOf(value);
    try {
      return hasher.hash(key);
    } catch (Throwable e) {
      throw context.blame().of(e);
    }
  }

  /** Has the keys of a batch fetched together that are not on the heap. */
  void expect(Batch batch) {
    if (state.hasKeysInStore()) {
      for (int i = 0; i < batch.size(); i++) {
        state.expect(userFn.keyOf(batch.value(i)), batch.keyHash(i));
      }
      state.fetch();
    }
  }

  /** Takes an element in one of its windows; its collection of windows holds just that. */
  void process(Object value, int keyHash, long timestampMs, BoundedWindow window, PaneInfo pane) {
    WindowScope scope = scopes.of(window);
    if (scope.expiryMs() < inputWatermarkMs
        || (sorted != null && sorted.isTooLate(timestampMs, inputWatermarkMs))) {
      dropped.inc();
      return;
    }
    state.select(userFn.keyOf(value), keyHash);
    if (cleansUp) {
      setCleanupTimer(scope);
    }
    if (sorted != null) {
      sorted.add(scope, value, timestampMs, pane);
    } else {
      deliver(value, timestampMs, scope, pane);
    }
  }

  private void deliver(Object value, long timestampMs, WindowScope scope, PaneInfo pane) {
    userState.enter(scope.namespace());
    userTimers.enter(scope);
    userFn.process(value, timestampMs, scope.only(), scope.window(), pane);
  }

  /** The clock does not count from now on: this is how late it is. */
  void timeIs(long nowMs) {
    timeFromOutside = true;
    timeMs = nowMs;
  }

  @Override
  public long advance(long watermarkMs) {
    inputWatermarkMs = Math.max(inputWatermarkMs, watermarkMs);
    return watermarkMs;
  }

  @Override
  public Activity activity(Activity input) {
    return holdMs() < CombinedWatermark.END_MS ? Activity.ACTIVE : input;
  }

  @Override
  public boolean hasDueWork() {
    return state.nextExpiryMs() <= processingTimeMs()
        || state.nextTimerMs(TimeDomain.EVENT_TIME) < inputWatermarkMs
        || state.nextTimerMs(TimeDomain.PROCESSING_TIME) <= processingTimeMs()
        || state.nextTimerMs(TimeDomain.SYNCHRONIZED_PROCESSING_TIME) <= processingTimeMs();
  }

  @Override
  public int fire(int limit) {
    int fired = state.expire(limit);
    while (fired < limit) {
      TimerData timer = pollDue();
      if (timer == null) {
        break;
      }
      fire(timer);
      fired++;
    }
    return fired;
  }

  private TimerData pollDue() {
    // An element at the watermark itself may still come, so a timer there is not due yet.
    TimerData timer = state.pollDue(TimeDomain.EVENT_TIME, inputWatermarkMs - 1);
    if (timer == null) {
      timer = state.pollDue(TimeDomain.PROCESSING_TIME, processingTimeMs());
    }
    if (timer == null) {
      timer = state.pollDue(TimeDomain.SYNCHRONIZED_PROCESSING_TIME, processingTimeMs());
    }
    return timer;
  }

  private void fire(TimerData timer) {
    WindowScope scope = scopes.of(windowOf(timer));
    userFn.call().drained(causedByDrain(timer));
    if (timer.getTimerFamilyId().isEmpty() && timer.getDomain() == TimeDomain.EVENT_TIME) {
      if (timer.getTimerId().equals(CLEANUP_TIMER_ID)) {
        expire(scope);
        return;
      }
      if (timer.getTimerId().equals(SortedInput.TIMER_ID)) {
        sorted
            .take(scope, inputWatermarkMs)
            .forEach(
                element ->
                    deliver(
                        element.getValue().getKey(),
                        element.getTimestamp().getMillis(),
                        scope,
                        element.getValue().getValue()));
        return;
      }
    }
    if (timer.getDomain() == TimeDomain.EVENT_TIME || scope.expiryMs() >= inputWatermarkMs) {
      userState.enter(scope.namespace());
      userTimers.enter(scope);
      userFn.onTimer(timer, state.key(), scope.only(), scope.window());
    }
  }

  private boolean causedByDrain(TimerData timer) {
    return timer.getDomain() == TimeDomain.EVENT_TIME
        && context.task().services().causedByDrain(timer.getTimestamp().getMillis());
  }

  private void expire(WindowScope scope) {
    Object key = state.key();
    if (sorted != null) {
      sorted
          .takeAll(scope)
          .forEach(
              element ->
                  deliver(
                      element.getValue().getKey(),
                      element.getTimestamp().getMillis(),
                      scope,
                      element.getValue().getValue()));
    }
    if (expirationCallback) {
      userState.enter(scope.namespace());
      userTimers.enter(scope);
      userFn.onWindowExpiration(key, scope.only(), scope.window());
    }
    state.clearNamespace(scope.namespace());
  }

  private void setCleanupTimer(WindowScope scope) {
    state
        .timerInternals()
        .setTimer(
            scope.namespace(),
            CLEANUP_TIMER_ID,
            "",
            scope.cleanUp(),
            expirationCallback ? scope.window().maxTimestamp() : NO_HOLD,
            TimeDomain.EVENT_TIME);
  }

  @SuppressWarnings("unchecked")
  private static BoundedWindow windowOf(TimerData timer) {
    return ((StateNamespaces.WindowNamespace<BoundedWindow>) timer.getNamespace()).getWindow();
  }

  /** The earliest timestamp that state or timers may still bring out. */
  @Override
  public long holdMs() {
    return Math.min(state.minHoldMs(), state.minTimerHoldMs());
  }

  @Override
  public long nextProcessingTimeMs() {
    return timeFromOutside ? Long.MAX_VALUE : nextTimerMs();
  }

  /** When the next timer by the clock is due, whatever tells the time; never if there is none. */
  long nextTimerMs() {
    return Math.min(
        state.nextExpiryMs(),
        Math.min(
            state.nextTimerMs(TimeDomain.PROCESSING_TIME),
            state.nextTimerMs(TimeDomain.SYNCHRONIZED_PROCESSING_TIME)));
  }

  @Override
  public boolean hasPendingWork() {
    return state.hasTimers(TimeDomain.EVENT_TIME)
        || state.hasTimers(TimeDomain.PROCESSING_TIME)
        || state.hasTimers(TimeDomain.SYNCHRONIZED_PROCESSING_TIME);
  }

  @Override
  public long processingTimeMs() {
    return timeFromOutside ? timeMs : context.task().clock().nowMs();
  }

  @Override
  public long inputWatermarkMs() {
    return inputWatermarkMs;
  }

  @Override
  public long outputWatermarkMs() {
    return Math.min(inputWatermarkMs, holdMs());
  }
}
