package dev.sluice.state.keyed;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The timers that one key has set, by namespace, id and family: the authority on which are set.
 *
 * <p>Belongs to one {@link KeyEntry}. A few are found by walking; more than {@value #WALKED} (many
 * windows, or a family with many ids) by a map, which is never iterated. What is always true: each
 * timer knows its place, so that it can be taken out at once.
 */
final class KeyTimers {
  private static final int WALKED = 8;

  /** What names a timer of a key; the namespace is the one object that stands for it. */
  private record Name(Namespace namespace, String timerId, String familyId) {
    static Name of(TimerNode timer) {
      return new Name(timer.namespace, timer.data.getTimerId(), timer.data.getTimerFamilyId());
    }
  }

  private TimerNode[] timers = new TimerNode[1];
  private int count;
  private @Nullable Map<Name, TimerNode> byName;

  int count() {
    return count;
  }

  TimerNode at(int i) {
    return timers[i];
  }

  @Nullable TimerNode find(Namespace namespace, String timerId, String familyId) {
    if (byName != null) {
      return byName.get(new Name(namespace, timerId, familyId));
    }
    for (int i = 0; i < count; i++) {
      if (timers[i].is(namespace, timerId, familyId)) {
        return timers[i];
      }
    }
    return null;
  }

  void add(TimerNode timer) {
    if (count == timers.length) {
      timers = Arrays.copyOf(timers, count * 2);
    }
    timer.placeInEntry = count;
    timers[count++] = timer;
    if (byName != null) {
      byName.put(Name.of(timer), timer);
    } else if (count > WALKED) {
      byName = new HashMap<>();
      for (int i = 0; i < count; i++) {
        byName.put(Name.of(timers[i]), timers[i]);
      }
    }
  }

  void remove(TimerNode timer) {
    int place = timer.placeInEntry;
    TimerNode last = timers[--count];
    timers[place] = last;
    last.placeInEntry = place;
    timers[count] = null;
    if (byName != null) {
      byName.remove(Name.of(timer));
    }
  }
}
