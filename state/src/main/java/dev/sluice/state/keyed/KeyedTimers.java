package dev.sluice.state.keyed;

import dev.sluice.state.store.StateStore;
import java.util.Map;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The timers of one transform: by id within their keys' entries, by time in one queue for each
 * domain, and the holds that they put on the watermark.
 *
 * <p>Owned by a {@link KeyedState}. What is always true: a timer is in its entry, in its domain's
 * queue and counted in the holds, or in none of them; while its key is in the store, it is in the
 * domain's {@link StoredTimers} instead of the queue.
 */
final class KeyedTimers {
  private static final int EXPIRY_CODE = 'x';

  private final KeyedState<?> owner;
  private final Domain eventTime = new Domain();
  private final Domain processingTime = new Domain();
  private final Domain synchronizedTime = new Domain();

  /** The timers of {@link Expiry}: in processing time, but no operator sees them. */
  private final Domain expiry = new Domain();

  private final LongMultiset holds = new LongMultiset();
  private long setSoFar;

  KeyedTimers(KeyedState<?> owner) {
    this.owner = owner;
  }

  /**
   * Sets a timer of the selected key, replacing one of the same namespace, id and family, unless
   * that one is set to the same times.
   */
  void set(TimerData data) {
    KeyEntry entry = owner.selected();
    Namespace namespace = owner.namespaces().intern(data.getNamespace());
    TimerNode former = entry.findTimer(namespace, data.getTimerId(), data.getTimerFamilyId());
    if (former != null) {
      checkDomain(former, data.getDomain());
      if (former.firesAt(data.getTimestamp(), data.getOutputTimestamp())) {
        return;
      }
      remove(former);
    }
    add(new TimerNode(entry, namespace, data, setSoFar++));
    owner.tables().insert(entry);
    owner.markChanged(entry);
  }

  /** From now on keys may go to a store. */
  void useStore(StateStore store, int transformHash) {
    for (TimeDomain domain : TimeDomain.values()) {
      of(domain).stored = new StoredTimers(store, transformHash, EntryCodec.codeOf(domain));
    }
    expiry.stored = new StoredTimers(store, transformHash, EXPIRY_CODE);
  }

  /** The key of some timers goes to the store; they count as before. */
  void toStore(KeyEntry entry, byte[] recordKey) {
    for (int i = 0; i < entry.timerCount(); i++) {
      TimerNode timer = entry.timerAt(i);
      Domain domain = of(timer.data);
      domain.queue.remove(timer);
      domain.stored.put(timer, recordKey);
      owner.namespaces().release(timer.namespace);
    }
  }

  /** A timer comes back with its key from the store. */
  void fromStore(KeyEntry entry, TimerData data, long order, byte[] recordKey) {
    TimerNode timer =
        new TimerNode(entry, owner.namespaces().intern(data.getNamespace()), data, order);
    of(data).stored.remove(timer, recordKey);
    place(timer);
  }

  /** Takes back a timer that was saved. */
  void restore(KeyEntry entry, TimerData data, long order) {
    setSoFar = Math.max(setSoFar, order + 1);
    add(new TimerNode(entry, owner.namespaces().intern(data.getNamespace()), data, order));
  }

  private void add(TimerNode timer) {
    place(timer);
    holds.add(timer.outputMs());
  }

  private void place(TimerNode timer) {
    owner.namespaces().use(timer.namespace);
    timer.entry.addTimer(timer);
    of(timer.data).queue.add(timer);
  }

  /** Returns a timer of the selected key, or null if it is not set. */
  @Nullable TimerNode find(StateNamespace namespace, String timerId, String familyId) {
    Namespace known = owner.namespaces().find(namespace);
    return known == null ? null : owner.selected().findTimer(known, timerId, familyId);
  }

  void remove(TimerNode timer) {
    owner.markChanged(timer.entry);
    of(timer.data).queue.remove(timer);
    timer.entry.removeTimer(timer);
    holds.remove(timer.outputMs());
    owner.namespaces().release(timer.namespace);
  }

  void checkDomain(TimerNode timer, TimeDomain domain) {
    if (timer.data.getDomain() != domain) {
      throw new IllegalArgumentException(
          String.format(
              "Timer %s of transform %s is used in time domain %s, but it is set in %s: give timers"
                  + " of different time domains different ids",
              timer.data.getTimerId(), owner.transformId(), domain, timer.data.getDomain()));
    }
  }

  @Nullable TimerNode pollDue(TimeDomain domain, long upToMs) {
    return pollDue(of(domain), upToMs);
  }

  /** Takes out the earliest timer of {@link Expiry}; null if none is due. */
  @Nullable TimerNode pollExpired(long upToMs) {
    return pollDue(expiry, upToMs);
  }

  private @Nullable TimerNode pollDue(Domain timers, long upToMs) {
    TimerNode first = timers.queue.first();
    StoredTimers inStore = timers.stored;
    if (inStore != null
        && !inStore.isEmpty()
        && inStore.firstMs() <= upToMs
        && (first == null || inStore.hasBefore(first))) {
      owner.load(inStore.firstKey());
      first = timers.queue.first();
    }
    if (first == null || first.timestampMs > upToMs) {
      return null;
    }
    owner.touch(first.entry);
    remove(first);
    return first;
  }

  long nextMs(TimeDomain domain) {
    return nextMs(of(domain));
  }

  /** Returns when the next state's time is over, or {@code Long.MAX_VALUE}. */
  long nextExpiryMs() {
    return nextMs(expiry);
  }

  private static long nextMs(Domain timers) {
    TimerNode first = timers.queue.first();
    long onHeap = first == null ? Long.MAX_VALUE : first.timestampMs;
    return timers.stored == null ? onHeap : Math.min(onHeap, timers.stored.firstMs());
  }

  long leastOutputMs() {
    return holds.least();
  }

  long leastOutputMsBut(Map<Long, Integer> but) {
    return holds.leastBut(but);
  }

  long count() {
    return holds.total();
  }

  /** The timers of one time domain. */
  private static final class Domain {
    final TimerQueue queue = new TimerQueue();

    /** Those of the keys that are in the store; null if keys never go there. */
    @Nullable StoredTimers stored;
  }

  private Domain of(TimerData timer) {
    return Expiry.isExpiry(timer) ? expiry : of(timer.getDomain());
  }

  private Domain of(TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> eventTime;
      case PROCESSING_TIME -> processingTime;
      case SYNCHRONIZED_PROCESSING_TIME -> synchronizedTime;
    };
  }
}
