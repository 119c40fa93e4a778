package dev.sluice.state.keyed;

import dev.sluice.state.entry.EntryVisitor;
import dev.sluice.state.entry.NamespaceCodec;
import dev.sluice.state.entry.SliceLimit;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.page.PageMemory;
import dev.sluice.state.store.HeapShare;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * State and timers of one transform, in one task, for the keys of the task's key groups.
 *
 * <p>Owned by the task's thread. One key at a time is selected; {@link #stateInternals()} and
 * {@link #timerInternals()} are two objects that always speak of the selected key. State objects
 * obtained from them are valid until {@link #select} or {@link #pollDue} is called again.
 *
 * <p>What is always true: a key has an entry in its group's table if it has a live cell or a timer,
 * and, once another key is selected, only then; {@link #entryCount} is the number of live cells and
 * timers; the holds are those of the live {@link HoldCell}s and of the timers that are set.
 *
 * @param <K> the type of the keys
 */
public final class KeyedState<K> {
  private final String transformId;
  private final KeyLookup<K> lookup;
  private final PageMemory pageMemory;
  private final HeapShare share;
  private final PartLimits limits;
  private final KeyTables tables;
  private final Namespaces namespaces = new Namespaces();
  private final LongMultiset holds = new LongMultiset();
  private final KeyedTimers timers = new KeyedTimers(this);
  private final Coder<TimerData> timerCoder;
  private final BoundState boundState;
  private final Times times;
  private final BoundTimers boundTimers;
  private Expiry expiry;

  /** The selected key's entry, which is in the table only if something lives in it. */
  private @Nullable KeyEntry current;

  private long liveCells;

  /** Keys that are not in the tables. */
  private final StoredKeys<K> stored;

  private final StateLog log;
  final EntryCodec<K> codec;
  private final Changes changes;
  private final SavedCells saved;
  private final Deselection deselection;

  /**
   * State without any key.
   *
   * @param transformId the full name of the transform
   * @param range the key groups that the task owns
   * @param log the log of the task
   */
  public KeyedState(
      String transformId, Keying<K> keying, KeyGroupRange range, Places places, StateLog log) {
    this.transformId = transformId;
    this.lookup = new KeyLookup<>(keying.keyCoder());
    this.pageMemory = places.pages();
    this.share = places.share();
    this.limits = places.limits();
    this.log = log;
    this.codec =
        new EntryCodec<>(
            log, transformId, keying.keyCoder(), new NamespaceCodec(keying.windowCoder()));
    this.changes = new Changes(transformId, log, codec);
    this.saved = new SavedCells(this, codec, share.store());
    this.timerCoder = TimerInternals.TimerDataCoderV2.of(keying.windowCoder());
    this.tables = new KeyTables(transformId, range);
    this.stored = new StoredKeys<>(this, lookup, codec, changes, share);
    this.deselection = new Deselection(this, saved, stored, changes, codec, share);
    if (share.isLimited()) {
      timers.useStore(share.store(), log.transformHash(transformId));
    }
    this.times = keying.times();
    this.expiry = new Expiry(this, times, Map.of());
    this.boundState = new BoundState(this, new StateColumns(this, transformId));
    this.boundTimers = new BoundTimers(this, times);
  }

  /**
   * Makes the key current. State objects handed out before are no longer valid.
   *
   * @param keyHash the key's hash by {@link KeyHasher}, which lies in one of the task's groups
   */
  public void select(@Nullable K key, int keyHash) {
    Object sought = lookup.of(key);
    KeyEntry now = current;
    if (now != null) {
      if (now.hash == keyHash && lookup.isFor(now, sought)) {
        deselection.stay(now);
        return;
      }
      deselection.leave(now);
    }
    KeyEntry known = tables.of(keyHash).find(lookup, sought, keyHash);
    if (known == null && stored.count() > 0) {
      known = stored.load(key, sought, keyHash);
    }
    if (known == null) {
      current = lookup.newEntry(key, sought, keyHash);
    } else {
      touch(known);
      known.recent = true;
      current = known;
    }
  }

  /** Returns the selected key. */
  @SuppressWarnings("unchecked") // entries are made of keys of this type
  public @Nullable K key() {
    return (K) selected().key;
  }

  /** Returns the hash that the selected key was selected with. */
  public int keyHash() {
    return selected().hash;
  }

  /** Returns Beam's view of the selected key's state: always the same object. */
  public StateInternals stateInternals() {
    return boundState;
  }

  /** Returns Beam's view of the selected key's timers: always the same object. */
  public TimerInternals timerInternals() {
    return boundTimers;
  }

  /**
   * Takes out the earliest timer of the domain, over all keys, and selects its key.
   *
   * <p>Timers of equal time come in the order in which they were set.
   *
   * @return null, and the selected key stays selected, if there is no timer at or before {@code
   *     upToMs}
   */
  public @Nullable TimerData pollDue(TimeDomain domain, long upToMs) {
    TimerNode timer = timers.pollDue(domain, upToMs);
    if (timer == null) {
      return null;
    }
    select(timer);
    return timer.data;
  }

  /** Selects the key of a timer that has just been taken out. */
  void select(TimerNode timer) {
    if (current == timer.entry) {
      deselection.stay(current);
    } else {
      KeyEntry former = current;
      current = timer.entry;
      current.recent = true;
      if (former != null) {
        deselection.leave(former);
      }
    }
  }

  /**
   * Gives states of the user's a time to live: they are cleared when they were not written for so
   * long. To be called before any state is asked for.
   *
   * @param millisByStateId milliseconds of processing time, by the id that the user gave the state
   */
  public void expireAfter(Map<String, Long> millisByStateId) {
    Map<String, Long> byColumn = new LinkedHashMap<>();
    millisByStateId.forEach((id, millis) -> byColumn.put(StateColumns.USER + id, millis));
    expiry = new Expiry(this, times, byColumn);
  }

  /**
   * Clears states that were not written for longer than they may live.
   *
   * @param limit at most this number
   * @return how many were; another key is selected then
   */
  public int expire(int limit) {
    return expiry.clearDue(limit);
  }

  /** Returns when the next state is to be cleared, or {@code Long.MAX_VALUE}. */
  public long nextExpiryMs() {
    return timers.nextExpiryMs();
  }

  /**
   * Returns the time of the domain's earliest timer, or {@code Long.MAX_VALUE} if there is none.
   */
  public long nextTimerMs(TimeDomain domain) {
    return timers.nextMs(domain);
  }

  /** Says whether any key has a timer of the domain. */
  public boolean hasTimers(TimeDomain domain) {
    return timers.nextMs(domain) != Long.MAX_VALUE;
  }

  /** Returns the least watermark hold of all keys, or {@code Long.MAX_VALUE} if there is none. */
  public long minHoldMs() {
    return holds.least();
  }

  /**
   * Returns the least output timestamp of all timers, or {@code Long.MAX_VALUE} if there is none.
   */
  public long minTimerHoldMs() {
    return timers.leastOutputMs();
  }

  /**
   * Returns the least output timestamp of all timers but some, or {@code Long.MAX_VALUE} if there
   * is none; looks at each of the distinct ones.
   *
   * @param but how many timers with which output timestamp do not count
   */
  public long minTimerHoldMsBut(Map<Long, Integer> but) {
    return timers.leastOutputMsBut(but);
  }

  /** Returns how many live cells and timers there are, over all keys. */
  public long entryCount() {
    return liveCells + timers.count();
  }

  /** Returns how many keys have state or timers. */
  public long keyCount() {
    settle();
    return tables.count() + stored.count();
  }

  /** Clears all state and timers that the selected key has in exactly this namespace. */
  public void clearNamespace(StateNamespace namespace) {
    Namespace known =
        selected().undecoded == null ? namespaces.find(namespace) : namespaces.intern(namespace);
    if (known != null) {
      clear(known);
    }
  }

  /** Clears all state and timers of the selected key. */
  public void clearAll() {
    clear(null);
  }

  private void clear(@Nullable Namespace only) {
    KeyEntry entry = selected();
    saved.clear(entry, only);
    for (int i = 0; i < entry.cellCount(); i++) {
      StateCell cell = entry.cellAt(i);
      if (only == null || cell.namespace == only) {
        cell.clear();
      }
    }
    for (int i = entry.timerCount() - 1; i >= 0; i--) {
      TimerNode timer = entry.timerAt(i);
      if (only == null || timer.namespace == only) {
        timers.remove(timer);
      }
    }
  }

  PartLimits partLimits() {
    return limits;
  }

  /** Says whether content may leave the heap. */
  boolean mayStore() {
    return share.isLimited();
  }

  StateLog log() {
    return log;
  }

  SavedCells saved() {
    return saved;
  }

  /** To be called before an entry changes: it will be logged. */
  void markChanged(KeyEntry entry) {
    changes.mark(entry);
  }

  /** To be called before a cell of an entry changes, or after it became live or empty. */
  void changing(KeyEntry entry, StateCell cell) {
    markChanged(entry);
    if (cell.column.expiresAfterMs != 0) {
      if (cell.live) {
        expiry.written(cell);
      } else {
        expiry.cleared(cell);
      }
    }
  }

  Expiry expiry() {
    return expiry;
  }

  long expiresAfterMs(String stateId) {
    return expiry.millisOf(stateId);
  }

  /** To be called before an entry is handed out: what the epoch before has left of it is logged. */
  void touch(KeyEntry entry) {
    changes.touch(entry);
  }

  /** Says whether it is of use to {@link #expect} keys: some are not on the heap. */
  public boolean hasKeysInStore() {
    return stored.count() > 0;
  }

  /**
   * Says that a key will be selected soon; {@link #fetch} is to be called when all that come
   * together have been named.
   */
  public void expect(@Nullable K key, int keyHash) {
    Object sought = lookup.of(key);
    KeyEntry known = tables.of(keyHash).find(lookup, sought, keyHash);
    if (known != null) {
      known.recent = true;
    } else if (stored.count() > 0) {
      stored.expect(key, sought, keyHash);
    }
  }

  /** Brings the keys that are expected from the store to the heap, by one read. */
  public void fetch() {
    stored.fetch();
  }

  /** Brings back the key that a timer in the store belongs to. */
  void load(byte[] recordKey) {
    stored.load(recordKey);
  }

  /** Moves a key to the store; false if there is none that may go. */
  public boolean evictOne() {
    KeyEntry entry = tables.idle(current);
    if (entry == null) {
      return false;
    }
    stored.evict(entry);
    return true;
  }

  /** The current epoch ends; no key is selected any more. */
  public void barrier() {
    if (current != null) {
      deselection.leave(current);
      current = null;
    }
    changes.barrier();
  }

  /** Logs entries of the closed epoch; true when there is none left. */
  public boolean logSome(SliceLimit limit) {
    return changes.logSome(limit);
  }

  /** Takes back what was saved of one key. */
  public void restore(byte[] key, byte[] value) {
    if (EntryKey.isPart(key)) {
      saved.restorePart(key, value);
      return;
    }
    KeyEntry entry = stored.restore(key, value);
    liveCells += entry.liveCells;
  }

  /** Shows every entry, by ascending key group. */
  public void forEachEntry(EntryVisitor visitor) {
    settle();
    EntryWalk walk = new EntryWalk(transformId, lookup.coder(), timerCoder, visitor);
    tables.forEach((entry, group) -> walk.show(group, entry));
  }

  /** The keys on the heap. */
  KeyTables tables() {
    return tables;
  }

  KeyEntry selected() {
    if (current == null) {
      throw new IllegalStateException("No key of transform " + transformId + " is selected");
    }
    return current;
  }

  PageMemory pageMemory() {
    return pageMemory;
  }

  Namespaces namespaces() {
    return namespaces;
  }

  LongMultiset holds() {
    return holds;
  }

  KeyedTimers timers() {
    return timers;
  }

  String transformId() {
    return transformId;
  }

  void cellBecameLive(KeyEntry entry) {
    entry.liveCells++;
    liveCells++;
    tables.insert(entry);
  }

  void cellBecameEmpty(KeyEntry entry) {
    cellsGone(entry, 1);
  }

  void cellsGone(KeyEntry entry, int count) {
    entry.liveCells -= count;
    liveCells -= count;
  }

  /** Makes the tables say only what is; the selected key stays selected. */
  private void settle() {
    if (current != null && current.inTable && current.isEmpty()) {
      deselection.outOfTable(current);
    }
  }

  /**
   * What a transform's keys are like.
   *
   * @param keyCoder encodes the keys
   * @param windowCoder encodes the windows that are namespaces of state and timers
   * @param times the clock and the watermarks, as state and timers see them
   */
  public record Keying<K>(
      Coder<K> keyCoder, Coder<? extends BoundedWindow> windowCoder, Times times) {}

  /**
   * Where a transform's state is.
   *
   * @param pages the memory for pages of bags
   * @param share the heap for keys, and the store for those that do not fit
   * @param limits when collections are no longer one piece
   */
  public record Places(PageMemory pages, HeapShare share, PartLimits limits) {}
}
