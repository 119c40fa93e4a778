package dev.sluice.state.windowed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.SliceLimit;
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
 * appends, and iterating over all entries is sequential and in an order that depends on no hash.
 * Entries leave in that order too, all of them, or with the whole table. What is always true: the
 * entries {@code first .. size - 1} are live; an entry is never removed from the index, for no key
 * is looked up any more once entries are released. Keys of released entries stay until the table is
 * closed, for a barrier may come before that and has to say which entries are gone.
 *
 * @param <K> the type of the keys
 * @param <A> the type of the accumulators
 */
public final class AccumulatorTable<K, A> {
  private static final int LEAST_ENTRIES = 16;
  private static final int ABSENT = -1;

  /** Of an entry with many records, this number is logged before the clock is read. */
  private static final int RECORDS_AT_ONCE = 256;

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
  private boolean open;

  /** Whether it only gives its entries to the store; those it has released are not gone then. */
  private boolean leaving;

  private long sequence;

  /** Which of the window's tables it is, in the order in which they leave for the store. */
  private int run;

  /** What is to be logged; null if nothing is. */
  private @Nullable EntryMarks marks;

  /** What is elsewhere; null if nothing is logged and everything stays on the heap. */
  private @Nullable WindowRecords<K, A> records;

  /** The entries before this one were released, and neither log nor store knows of them. */
  private int deletedTo;

  /** Entries before this one were released in the epochs that have ended. */
  private int closingDeletesTo;

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
          if (marks != null && marks.touch(entry)) {
            logBeforeChange(entry);
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
      begin();
      vacant = (hash * SPREAD) >>> shift;
    } else if (size == hashes.length) {
      grow();
      vacant = vacantFor(hash);
    }
    int entry = size++;
    if (marks != null) {
      marks.touch(entry);
    }
    index[vacant] = ((long) hash << 32) | (entry + 1);
    put(entry, key, hash, accumulator);
    return entry;
  }

  private void put(int entry, K key, int hash, A accumulator) {
    owner.entries++;
    hashes[entry] = hash;
    keys.put(entry, key, keys.standIn(key));
    accumulators[entry] = accumulator;
  }

  private void begin() {
    if (!open) {
      open();
    }
    if (index == null) {
      allocate(LEAST_ENTRIES);
    }
    if (owner.logs() && marks == null) {
      marks = new EntryMarks(hashes.length);
    }
  }

  /** The window has entries from now on, here or in the store. */
  void open() {
    open = true;
    sequence = owner.opened(this);
    owner.enlist(this);
    records = owner.newRecords(window);
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
    if (marks != null && marks.isClosing(first)) {
      logClosing(first, Integer.MAX_VALUE);
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
    accumulators[first] = null;
    first++;
    owner.entries--;
  }

  /** An entry is about to be handed out, and so may change: what it was is logged first. */
  private void logBeforeChange(int entry) {
    if (!records.form().freeze(accumulator(entry))) {
      logClosing(entry, Integer.MAX_VALUE);
    }
  }

  /** Logs an entry for the epoch before; false if there is more of it. */
  private boolean logClosing(int entry, int mostRecords) {
    boolean all =
        records.logClosing(keys.get(entry), hashes[entry], run, accumulator(entry), mostRecords);
    if (all) {
      marks.closed(entry);
    }
    return all;
  }

  /** The epoch ends. */
  void barrier() {
    if (marks != null) {
      marks.barrier();
    }
    if (!leaving) {
      closingDeletesTo = first;
    }
  }

  /** Logs some of what changed in the closed epoch; true when nothing of it is left. */
  boolean logSome(SliceLimit limit) {
    if (!logReleased(limit)) {
      return false;
    }
    if (marks == null) {
      return true;
    }
    int entry = marks.nextClosing(first);
    while (entry >= 0) {
      boolean all = logClosing(entry, RECORDS_AT_ONCE);
      if (limit.over() || !all) {
        return false;
      }
      entry = marks.nextClosing(entry + 1);
    }
    marks.allClosed();
    return true;
  }

  /** Says in the closed epoch's log what had been released in it; false if the time is over. */
  private boolean logReleased(@Nullable SliceLimit limit) {
    while (deletedTo < closingDeletesTo) {
      if (!owner.logs() || !records.anyLogged()) {
        deletedTo = closingDeletesTo;
        return true;
      }
      records.delete(keys.get(deletedTo), hashes[deletedTo], owner.log().closing());
      deletedTo++;
      if (limit != null && limit.over()) {
        return false;
      }
    }
    return true;
  }

  /** The window is over: nothing of it is in the log or the store any more. */
  void forget() {
    int released = first;
    abandon();
    first = released;
    if (records != null) {
      logReleased(null);
      records.deleteAll();
    }
    records = null;
    run = 0;
    open = false;
  }

  /** Nothing of it is of use any more, but to the epoch that has ended. */
  void abandon() {
    for (int entry = first; marks != null && entry < size; entry++) {
      if (marks.isClosing(entry)) {
        logClosing(entry, Integer.MAX_VALUE);
      }
    }
    owner.entries -= size - first;
    first = size;
    marks = null;
  }

  @Nullable WindowRecords<K, A> records() {
    return records;
  }

  /** Whether there is anything in the store, or on its way there. */
  boolean spilled() {
    return records != null && records.spilled();
  }

  /**
   * Gives its entries to another table of the window, which is to be moved to the store; this one
   * stays behind, empty.
   */
  AccumulatorTable<K, A> retire() {
    AccumulatorTable<K, A> retired = new AccumulatorTable<>(owner, window);
    retired.takeArraysOf(this);
    retired.size = size;
    retired.marks = marks;
    retired.records = records;
    retired.run = run;
    retired.leaving = true;
    records.spill();
    size = 0;
    marks = null;
    run++;
    return retired;
  }

  /** Moves its first entries to the store; returns how many. */
  int moveSome(int most) {
    int stop = Math.min(size, first + most);
    int moved = stop - first;
    for (int entry = first; entry < stop; entry++) {
      if (marks != null && marks.isClosing(entry)) {
        logClosing(entry, Integer.MAX_VALUE);
      }
      boolean changed = marks != null && marks.isChanged(entry);
      records.move(keys.get(entry), hashes[entry], run, accumulator(entry), changed);
      release();
    }
    return moved;
  }

  /** Brings the next entries back from the store, all others having been released. */
  boolean refill() {
    logReleased(null);
    if (records.groupEnded()) {
      records.deleteGroup();
    } else if (owner.logs()) {
      for (; deletedTo < first; deletedTo++) {
        records.delete(keys.get(deletedTo), hashes[deletedTo], owner.log().open());
      }
    }
    if (index != null) {
      clear();
    }
    return records.refill(this);
  }

  /** Takes an entry that was in the store, only to be released: it is in no index. */
  void bringBack(K key, int hash, A accumulator) {
    if (index == null) {
      allocate(LEAST_ENTRIES);
    } else if (size == hashes.length) {
      grow();
    }
    put(size, key, hash, accumulator);
    size++;
  }

  /** Takes back a record of a window of which everything is on the heap. */
  void restore(byte[] recordKey, byte[] value, int hash) {
    K key = owner.keyOf(recordKey);
    int entry = find(key, hash);
    boolean known = entry >= 0;
    A merged = owner.form().merge(known ? accumulator(entry) : null, value);
    if (known) {
      accumulator(entry, merged);
    } else {
      entry = add(key, hash, merged);
    }
    records.restored(recordKey);
    ByteReader behindKey = WindowRecords.behindKey(recordKey);
    if (!owner.form().keepRecord(merged, behindKey)) {
      records.deleteSaved(recordKey);
    } else if (marks != null) {
      marks.unmark(entry);
    }
    if (owner.form().isInParts()) {
      run = Math.max(run, owner.form().runOf(WindowRecords.behindKey(recordKey)));
    }
  }

  /** Takes back a record of a window of which something has left the heap. */
  void restoreToStore(byte[] recordKey, byte[] value) {
    records.restored(recordKey);
    records.intoStore(recordKey, value);
    run = Math.max(run, 1 + owner.form().runOf(WindowRecords.behindKey(recordKey)));
  }

  /** Estimates what an entry takes on the heap. */
  long heapBytes(int entry) {
    return owner.keyBytes(keys.get(entry)) + owner.form().heapBytes(accumulator(entry));
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

  private void grow() {
    int entries = hashes.length * 2;
    hashes = Arrays.copyOf(hashes, entries);
    keys = keys.grownTo(entries);
    accumulators = Arrays.copyOf(accumulators, entries);
    if (marks != null) {
      marks.grow(entries);
    }
    timestampsMs = timestampsMs == null ? null : Arrays.copyOf(timestampsMs, entries);
    index = new long[entries * 2];
    shift--;
    for (int entry = 0; entry < size; entry++) {
      index[vacantFor(hashes[entry])] = ((long) hashes[entry] << 32) | (entry + 1);
    }
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

  /** Empties the arrays; says whether they are worth handing over to another table. */
  boolean clear() {
    if (index == null) {
      return false;
    }
    keys.clear(0, size);
    Arrays.fill(accumulators, first, size, null);
    boolean wellFilled = size >= hashes.length / 8;
    if (wellFilled) {
      Arrays.fill(index, 0);
    }
    size = 0;
    first = 0;
    deletedTo = 0;
    closingDeletesTo = 0;
    return wellFilled;
  }
}
