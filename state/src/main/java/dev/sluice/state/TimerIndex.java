package dev.sluice.state;

import java.util.HashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds one of many timers of a key (many windows, or a family with many ids).
 *
 * <p>Belongs to one {@link KeyEntry}. Never iterated, so that its order reaches no outcome.
 */
final class TimerIndex {
  /** What names a timer of a key; the namespace is the one object that stands for it. */
  private record Name(Namespace namespace, String timerId, String familyId) {}

  private final Map<Name, TimerNode> timers = new HashMap<>();

  @Nullable TimerNode find(Namespace namespace, String timerId, String familyId) {
    return timers.get(new Name(namespace, timerId, familyId));
  }

  void add(TimerNode timer) {
    timers.put(nameOf(timer), timer);
  }

  void remove(TimerNode timer) {
    timers.remove(nameOf(timer));
  }

  private static Name nameOf(TimerNode timer) {
    return new Name(timer.namespace, timer.data.getTimerId(), timer.data.getTimerFamilyId());
  }
}
