package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.store.StateStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The elements of one large collection, each under a key of its own ({@link EntryKey.Kind#PART}):
 * each change of one is logged at once, and done in the store if the collection is there.
 *
 * <p>Belongs to one {@link PartedCell}, therefore to the task's thread. A key and a value are put
 * together in the buffers of the {@link StateLog}: begun by {@link #part} and {@link #value}, and
 * then put. What is always true: the log has every element; the store has those of a collection
 * that is in it, and nothing otherwise. (What the two number differently does not matter: elements
 * of one map key, or of one timestamp, have the same order in both, and go together.)
 */
final class CellParts {
  /** Elements that are read at once. */
  private static final int PAGE = 1_024;

  private final StateLog log;
  private final StateStore store;
  private final StoreSnapshots snapshots;
  private final byte[] prefix;

  /** What was in the store at the last look at all of it; null if that has changed since. */
  private StoreSnapshots.@Nullable Snapshot now;

  /** Whether the elements are in the store. */
  boolean stored;

  /** How many elements are in the store. */
  long count;

  /** The number of the next element, where elements are numbered. */
  long next;

  CellParts(StateLog log, StateStore store, StoreSnapshots snapshots, byte[] prefix) {
    this.log = log;
    this.store = store;
    this.snapshots = snapshots;
    this.prefix = prefix;
  }

  /** Begins the key of an element. */
  Bytes part() {
    return log.key().clear().put(prefix);
  }

  /** Begins the value of an element. */
  Bytes value() {
    return log.value().clear();
  }

  /** The element of {@link #part} has the content of {@link #value} now. */
  void put() {
    log();
    if (stored) {
      store();
    }
  }

  /** Logs the element of {@link #part} and {@link #value}. */
  void log() {
    if (log.isOn()) {
      log.open().put(log.key(), log.value());
    }
  }

  /** Returns how many bytes {@link #part} and {@link #value} have that are the element's own. */
  int encodedBytes() {
    return log.key().size() - prefix.length + log.value().size();
  }

  /** Puts the element of {@link #part} and {@link #value} into the store alone. */
  void store() {
    now = null;
    store.put(log.key(), log.value());
  }

  /** Returns the value of the element of {@link #part}, or null if the store has none. */
  byte @Nullable [] get() {
    return store.get(log.key());
  }

  /** The element of {@link #part} is gone. */
  void delete() {
    if (log.isOn()) {
      log.open().delete(log.key());
    }
    if (stored) {
      now = null;
      store.delete(log.key());
    }
  }

  /** All elements whose keys begin with {@link #part} are gone. */
  void deletePrefix() {
    if (log.isOn()) {
      log.open().deletePrefix(log.key());
    }
    if (stored) {
      now = null;
      store.deletePrefix(log.key());
    }
  }

  /** All elements are gone. */
  void clear() {
    part();
    deletePrefix();
  }

  /** Begins the record of what is known of the elements without looking at them. */
  void writeTo(Bytes out) {
    out.putLong(count).putLong(next);
  }

  /** Takes back what {@link #writeTo} has written, of a collection that is in the store. */
  void readFrom(ByteReader in) {
    count = in.readLong();
    next = in.readLong();
    stored = true;
  }

  /** Where an element stands: its key in the store, and where what is its own begins in it. */
  @SuppressWarnings("ArrayRecordComponent") // looked into, never compared
  record Place(byte[] key, int from) {
    ByteReader reader() {
      return new ByteReader(key, from);
    }
  }

  /** Says whether the store has an element whose key begins with {@link #part}. */
  boolean hasAny() {
    try (StateStore.Cursor cursor = store.scan(log.key())) {
      return cursor.next();
    }
  }

  /**
   * Reads elements in the order of their keys, as they are now: few at once, and then they stay
   * valid; more a page at a time while they are iterated over, until the key is left.
   *
   * @param decode makes of an element's key and value what is wanted
   */
  <T> Iterable<T> read(Range range, BiFunction<Place, byte[], T> decode) {
    List<T> few = new ArrayList<>();
    Scan<T> scan = new Scan<>(null, range, decode);
    while (few.size() < PAGE && scan.hasNext()) {
      few.add(scan.next());
    }
    if (!scan.hasNext()) {
      return Collections.unmodifiableList(few);
    }
    if (now == null || !now.isKept()) {
      now = snapshots.keep(prefix);
    }
    StoreSnapshots.Snapshot snapshot = now;
    return () -> new Scan<>(snapshot, range, decode);
  }

  /**
   * Which elements are read.
   *
   * @param within what their keys begin with
   * @param from the least key
   * @param until the first key beyond them; null if only {@code within} ends them
   * @param filter made for each walk, says which of them are wanted
   */
  @SuppressWarnings("ArrayRecordComponent") // looked into, never compared
  record Range(
      byte[] within, byte[] from, byte @Nullable [] until, Supplier<Predicate<byte[]>> filter) {

    /** Says whether a key that is not before the first one is beyond the last one. */
    boolean endsBefore(byte[] key) {
      return until == null
          ? key.length < within.length
              || !Arrays.equals(key, 0, within.length, within, 0, within.length)
          : Arrays.compareUnsigned(key, until) >= 0;
    }

    /** Those of the elements whose keys are not before one key and before another one. */
    Range between(byte[] first, byte[] end) {
      return new Range(within, first, end, filter);
    }

    /** The same elements, of which only some are wanted. */
    Range filtered(Supplier<Predicate<byte[]>> by) {
      return new Range(within, from, until, by);
    }
  }

  /** All elements. */
  Range all() {
    return within(prefix);
  }

  /** All elements whose keys begin with {@link #part}. */
  Range withPart() {
    return within(log.key().toByteArray());
  }

  private static Range within(byte[] begin) {
    return new Range(begin, begin, null, () -> key -> true);
  }

  /** Walks over the elements of a range, as a snapshot has them, or as they are in the store. */
  private final class Scan<T> implements Iterator<T> {
    private final StoreSnapshots.@Nullable Snapshot snapshot;
    private final Range range;
    private final BiFunction<Place, byte[], T> decode;
    private final Predicate<byte[]> filter;
    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> values = new ArrayList<>();
    private byte[] from;
    private int at;
    private boolean ended;

    Scan(
        StoreSnapshots.@Nullable Snapshot snapshot,
        Range range,
        BiFunction<Place, byte[], T> decode) {
      this.snapshot = snapshot;
      this.range = range;
      this.decode = decode;
      this.from = range.from;
      this.filter = range.filter.get();
    }

    @Override
    public boolean hasNext() {
      while (at == keys.size() && !ended) {
        readPage();
      }
      return at < keys.size();
    }

    private void readPage() {
      keys.clear();
      values.clear();
      at = 0;
      ended = true;
      try (StateStore.Cursor cursor = cursor()) {
        while (cursor.next()) {
          byte[] key = cursor.key();
          if (range.endsBefore(key)) {
            return;
          }
          if (filter.test(key)) {
            keys.add(key);
            values.add(cursor.value());
          }
          if (keys.size() == PAGE) {
            // The least key beyond this one.
            from = Arrays.copyOf(key, key.length + 1);
            ended = false;
            return;
          }
        }
      }
    }

    private StateStore.Cursor cursor() {
      Bytes first = new Bytes(from.length).put(from);
      return snapshot == null
          ? store.scan(new Bytes(range.within.length).put(range.within), first)
          : snapshot.scan(first);
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      byte[] key = keys.get(at);
      return decode.apply(new Place(key, prefix.length), values.get(at++));
    }
  }
}
