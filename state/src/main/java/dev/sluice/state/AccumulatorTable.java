package dev.sluice.state;

import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The accumulators of one window: a table from a key to the live accumulator of its records.
 *
 * <p>Owned by a {@link WindowedAccumulators}, therefore by the task's thread. Entries stand in
 * dense arrays in the order in which their keys came; beside them an open-addressing index of
 * longs, each the key's hash and the entry's number, at most half full:
 *
 * <pre>
 *   index    [ 0 | hash,2 | 0 | hash,1 | hash,3 | 0 | ... ]     linear probing, 0 is vacant
 *                     |            |        |
 *   hashes   [   h1,  h2,   h3 ]   |        |
 *   keys     [   k1,  k2,   k3 ]
 *   accums   [   a1,  a2,   a3 ]
 * </pre>
 *
 * So a look-up touches one place of the index and then only the entry whose hash agrees, a new key
 * appends, and walking over all entries is sequential and in an order that depends on no hash.
 * Entries leave in that order too, all of them, or with the whole table. What is always true: the
 * entries {@code first .. size - 1} are live; an entry is never removed from the index, for no key
 * is looked up any more once entries are released.
 *
 * @param <K> the type of the keys
 * @param <A> the type of the accumulators
 */
public final class AccumulatorTable<K, A> {
  private static final int LEAST_ENTRIES = 16;
  private static final int ABSENT = -1;
  // 2^32 divided by the golden ratio: spreads hashes whose low bits agree, as those of one task do.
  private static final int SPREAD = 0x9E3779B9;

  private final WindowedAccumulators<K, A> owner;
  private final BoundedWindow window;
  private final List<BoundedWindow> windows;
  private final long endMs;

  private long[] index;
  private int shift;
  private int[] hashes;
  private KeyColumn<K> keys;
  private Object[] accumulators;
  private long[] timestampsMs;
  private int first;
  private int size;
  private int vacant;
  private long sequence;

  /** A bit for each entry that changed in the epoch that is going on; null if nothing is logged. */
  private long @Nullable [] changed;

  /** A bit for each entry that changed in the epoch before and is still to be logged. */
  private long @Nullable [] closing;

  private int nextClosing;

  /** Whether some segment may have records of this window. */
  private boolean logged;

  private byte @Nullable [] namespace;

  AccumulatorTable(WindowedAccumulators<K, A> owner, BoundedWindow window) {
    this.owner = owner;
    this.window = window;
    this.windows = List.of(window);
    this.endMs = window.maxTimestamp().getMillis();
  }

  /** The window whose records these are. */
  public BoundedWindow window() {
    return window;
  }

  /** The window alone, always the same list. */
  public List<BoundedWindow> windows() {
    return windows;
  }

  /** The last timestamp of the window. */
  public long endMs() {
    return endMs;
  }

  /** Which of its owner's tables this was, in the order in which they were opened. */
  long sequence() {
    return sequence;
  }

  /** Returns the entry of the key, or a negative number if there is none. */
  public int find(K key, int hash) {
    if (size == 0) {
      return ABSENT;
    }
    Object standIn = keys.standIn(key);
    long[] places = index;
    int mask = places.length - 1;
    int at = (hash * SPREAD) >>> shift;
    long place = places[at];
    while (place != 0) {
      if ((int) (place >>> 32) == hash) {
        int entry = (int) place - 1;
        if (keys.isAt(entry, standIn)) {
          if (changed != null) {
            changing(entry);
          }
          return entry;
        }
      }
      at = (at + 1) & mask;
      place = places[at];
    }
    vacant = at;
    return ABSENT;
  }

  /**
   * Appends an entry for a key that {@link #find}, just before, has not found.
   *
   * @return the number of the entry
   */
  public int add(K key, int hash, A accumulator) {
    if (size == 0) {
      sequence = owner.opened(this);
      owner.enlist(this);
      if (index == null) {
        allocate(LEAST_ENTRIES);
      }
      vacant = (hash * SPREAD) >>> shift;
      if (owner.logs()) {
        startLogging();
      }
    } else if (size == hashes.length) {
      grow();
      vacant = vacantFor(hash);
    }
    int entry = size++;
    if (changed != null) {
      changed[entry >> 6] |= 1L << entry;
    }
    index[vacant] = ((long) hash << 32) | (entry + 1);
    hashes[entry] = hash;
    keys.put(entry, key, keys.standIn(key));
    accumulators[entry] = accumulator;
    return entry;
  }

  /** The key of an entry that is still held. */
  public K key(int entry) {
    return keys.get(entry);
  }

  /** The hash of the key. */
  public int hash(int entry) {
    return hashes[entry];
  }

  /** The live accumulator of an entry that is still held. */
  @SuppressWarnings("unchecked")
  public A accumulator(int entry) {
    return (A) accumulators[entry];
  }

  /**
   * The accumulator of the first entry, for whoever makes the window's result of it and may change
   * it by that: what it was is logged first.
   */
  public A handOut() {
    if (closing != null) {
      logIfClosing(first);
    }
    return accumulator(first);
  }

  /** Replaces the accumulator of an entry. */
  public void accumulator(int entry, A accumulator) {
    accumulators[entry] = accumulator;
  }

  /** The timestamp that was set for an entry; only for owners who keep timestamps. */
  public long timestampMs(int entry) {
    return timestampsMs[entry];
  }

  /** Sets the timestamp of an entry; only for owners who keep timestamps. */
  public void timestampMs(int entry, long timestampMs) {
    timestampsMs[entry] = timestampMs;
  }

  /** The first entry that is held, equal to {@link #end} if there is none. */
  public int first() {
    return first;
  }

  /** One past the last entry. */
  public int end() {
    return size;
  }

  /** Lets the first entry go. From now on no key may be looked up in or added to this table. */
  public void release() {
    if (changed != null) {
      logReleasing();
    }
    keys.clear(first, first + 1);
    accumulators[first] = null;
    first++;
  }

  /** An entry is about to be handed out, and so may change: what it was is logged first. */
  private void changing(int entry) {
    if (closing != null) {
      logIfClosing(entry);
    }
    changed[entry >> 6] |= 1L << entry;
  }

  private void logIfClosing(int entry) {
    long bit = 1L << entry;
    if (entry >> 6 < closing.length && (closing[entry >> 6] & bit) != 0) {
      closing[entry >> 6] &= ~bit;
      write(entry);
    }
  }

  private void write(int entry) {
    PartLog log = owner.log();
    logged = true;
    Bytes value = log.value().putInt(hashes[entry]);
    log.encode(value, accumulator(entry), owner.accumulatorCoder());
    log.closing().put(logKey(entry), value);
  }

  private Bytes logKey(int entry) {
    PartLog log = owner.log();
    Bytes key = log.key(EntryKey.Kind.WINDOWED, KeyGroups.groupOf(hashes[entry]), namespace());
    log.encode(key, keys.get(entry), owner.keyCoder());
    return key;
  }

  private byte[] namespace() {
    if (namespace == null) {
      namespace = owner.namespaceOf(window);
    }
    return namespace;
  }

  private void logReleasing() {
    if (closing != null) {
      logIfClosing(first);
    }
    if (logged) {
      owner.log().open().delete(logKey(first));
    }
  }

  /** The window is over: nothing of it is in the log any more. */
  void logClosing() {
    while (changed != null && first < size) {
      release();
    }
    changed = null;
    closing = null;
    namespace = null;
    logged = false;
  }

  /** The epoch ends. */
  void barrier() {
    closing = changed;
    changed = new long[(hashes.length + 63) / 64];
    nextClosing = first;
  }

  /** Logs some of what changed in the closed epoch; true when nothing of it is left. */
  boolean logSome(SliceLimit limit) {
    if (closing == null) {
      return true;
    }
    for (int entry = Math.max(first, nextClosing); entry < size; entry++) {
      int word = entry >> 6;
      if (word >= closing.length) {
        break;
      }
      if (closing[word] == 0) {
        entry |= 63;
        continue;
      }
      logIfClosing(entry);
      if (limit.over()) {
        nextClosing = entry + 1;
        return false;
      }
    }
    closing = null;
    return true;
  }

  /** What was just added was saved. */
  void restored(int entry) {
    logged = true;
    if (changed != null) {
      changed[entry >> 6] &= ~(1L << entry);
    }
  }

  private int vacantFor(int hash) {
    int mask = index.length - 1;
    int at = (hash * SPREAD) >>> shift;
    while (index[at] != 0) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void allocate(int entries) {
    index = new long[entries * 2];
    shift = Integer.numberOfLeadingZeros(index.length) + 1;
    hashes = new int[entries];
    keys = owner.newKeys(entries);
    accumulators = new Object[entries];
    timestampsMs = owner.keepsTimestamps() ? new long[entries] : null;
  }

  private void startLogging() {
    changed = new long[(hashes.length + 63) / 64];
  }

  private void grow() {
    int entries = hashes.length * 2;
    hashes = Arrays.copyOf(hashes, entries);
    keys = keys.grownTo(entries);
    accumulators = Arrays.copyOf(accumulators, entries);
    if (changed != null) {
      changed = Arrays.copyOf(changed, (entries + 63) / 64);
    }
    timestampsMs = timestampsMs == null ? null : Arrays.copyOf(timestampsMs, entries);
    index = new long[entries * 2];
    shift--;
    for (int entry = 0; entry < size; entry++) {
      index[vacantFor(hashes[entry])] = ((long) hashes[entry] << 32) | (entry + 1);
    }
  }

  /** The entries that are held, by ascending group of their keys. */
  int[] entriesByGroup() {
    int[] upTo = new int[KeyGroups.COUNT + 1];
    for (int entry = first; entry < size; entry++) {
      upTo[KeyGroups.groupOf(hashes[entry]) + 1]++;
    }
    for (int group = 0; group < KeyGroups.COUNT; group++) {
      upTo[group + 1] += upTo[group];
    }
    int[] entries = new int[size - first];
    for (int entry = first; entry < size; entry++) {
      entries[upTo[KeyGroups.groupOf(hashes[entry])]++] = entry;
    }
    return entries;
  }

  /** Takes over the emptied arrays of a table that is closed. */
  void takeArraysOf(AccumulatorTable<K, A> closed) {
    index = closed.index;
    shift = closed.shift;
    hashes = closed.hashes;
    keys = closed.keys;
    accumulators = closed.accumulators;
    timestampsMs = closed.timestampsMs;
    closed.index = null;
  }

  /** Empties the arrays; says whether they are worth to be taken over by another table. */
  boolean clear() {
    keys.clear(first, size);
    Arrays.fill(accumulators, first, size, null);
    boolean wellFilled = size >= hashes.length / 8;
    if (wellFilled) {
      Arrays.fill(index, 0);
    }
    size = 0;
    first = 0;
    return wellFilled;
  }
}
