package dev.sluice.state.keyed;

import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.joda.time.Instant;

/**
 * A timer that is set: a member of its key's {@link KeyEntry} (the authority, by id) and of the
 * {@link TimerQueue} of its domain (by time).
 *
 * <p>Owned by a {@link KeyedState}. What is always true: it is in both or in none.
 */
final class TimerNode {
  final KeyEntry entry;
  final Namespace namespace;
  final TimerData data;
  final long timestampMs;

  /** Counts the timers set before this one, so that equal times fire in the order of setting. */
  final long order;

  int placeInEntry;
  int placeInQueue;

  TimerNode(KeyEntry entry, Namespace namespace, TimerData data, long order) {
    this.entry = entry;
    this.namespace = namespace;
    this.data = data;
    this.timestampMs = data.getTimestamp().getMillis();
    this.order = order;
  }

  boolean is(Namespace inNamespace, String timerId, String familyId) {
    return namespace == inNamespace
        && data.getTimerId().equals(timerId)
        && data.getTimerFamilyId().equals(familyId);
  }

  boolean firesAt(Instant time, Instant outputTime) {
    return timestampMs == time.getMillis() && outputMs() == outputTime.getMillis();
  }

  long outputMs() {
    return data.getOutputTimestamp().getMillis();
  }

  boolean isBefore(TimerNode other) {
    return timestampMs != other.timestampMs ? timestampMs < other.timestampMs : order < other.order;
  }
}
