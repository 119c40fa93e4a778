package dev.sluice.worker.pardo;

import dev.sluice.state.keyed.KeyedState;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.joda.time.Instant;

/**
 * The timers that a DoFn declares, for the current key and window.
 *
 * <p>Owned by one operator; keeps no timer itself: what is set goes into the {@link KeyedState} at
 * once.
 */
final class UserTimers {
  private final Call call;
  private final Map<String, UserTimer.Family> families = new HashMap<>();
  private WindowScope scope;

  UserTimers(ParDoSpec spec, Call call, KeyedState<Object> state) {
    this.call = call;
    spec.signature()
        .timerDeclarations()
        .forEach((id, timer) -> declare("", id, timer.field(), spec, state));
    spec.signature()
        .timerFamilyDeclarations()
        .forEach((id, family) -> declare(id, id, family.field(), spec, state));
  }

  private void declare(
      String familyId, String id, Field field, ParDoSpec spec, KeyedState<Object> state) {
    try {
      TimerSpec timer = (TimerSpec) field.get(spec.fn());
      if (timer == null) {
        throw new IllegalStateException("field " + field + " of timer id " + id + " is null");
      }
      families.put(
          id, new UserTimer.Family(familyId, timer.getTimeDomain(), state, call.timestamps));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("field " + field + " cannot be read", e);
    }
  }

  /** Names the window whose timers are asked for next. */
  void enter(WindowScope ofWindow) {
    scope = ofWindow;
  }

  /** The timer with a name of its own. */
  Timer timer(String timerId) {
    return new UserTimer(declared(timerId), timerId, scope, call.timestampMs);
  }

  /** All timers of a family. */
  TimerMap family(String familyId) {
    return new ByName(declared(familyId), scope, call.timestampMs);
  }

  private UserTimer.Family declared(String id) {
    UserTimer.Family family = families.get(id);
    if (family == null) {
      throw new IllegalStateException("timer not found: " + id);
    }
    return family;
  }

  /** A family's timers within one call. */
  private static final class ByName implements TimerMap {
    private final UserTimer.Family family;
    private final WindowScope scope;
    private final long inputMs;
    private final Map<String, Timer> timers = new HashMap<>();

    ByName(UserTimer.Family family, WindowScope scope, long inputMs) {
      this.family = family;
      this.scope = scope;
      this.inputMs = inputMs;
    }

    @Override
    public void set(String timerId, Instant absoluteTime) {
      Timer timer = new UserTimer(family, timerId, scope, inputMs);
      timer.set(absoluteTime);
      timers.put(timerId, timer);
    }

    @Override
    public Timer get(String timerId) {
      return timers.computeIfAbsent(timerId, id -> new UserTimer(family, id, scope, inputMs));
    }
  }
}
