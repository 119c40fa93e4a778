package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.store.StateStore;
import java.util.Arrays;

/**
 * The timers of one time domain whose keys are in the store, by time: an index, from which the key
 * of the earliest is found. The timers themselves are in their keys' records.
 *
 * <p>Owned by a {@link KeyedTimers}. What is always true: a timer is either here or in the {@link
 * TimerQueue}; a scan starts no earlier than the least time that may be left, so that what was
 * deleted before it costs nothing.
 */
final class StoredTimers {
  private static final Bytes NOTHING = new Bytes(1);

  private final StateStore store;
  private final int transformHash;
  private final byte domain;
  private final Bytes key = new Bytes();
  private final Bytes from = new Bytes();
  private long count;

  /** Whether what is said of the first one is so; otherwise its time is not below that. */
  private boolean known = true;

  private long firstMs = Long.MAX_VALUE;
  private long firstOrder;
  private byte[] firstKey = {};

  StoredTimers(StateStore store, int transformHash, int domain) {
    this.store = store;
    this.transformHash = transformHash;
    this.domain = (byte) domain;
  }

  /** Takes a timer whose key goes to the store under this record key. */
  void put(TimerNode timer, byte[] recordKey) {
    store.put(keyOf(timer.timestampMs, timer.order, recordKey), NOTHING);
    count++;
    if (known && isBeforeFirst(timer)) {
      firstMs = timer.timestampMs;
      firstOrder = timer.order;
      firstKey = recordKey;
    } else if (!known) {
      firstMs = Math.min(firstMs, timer.timestampMs);
    }
  }

  /** Removes a timer whose key has come back. */
  void remove(TimerNode timer, byte[] recordKey) {
    store.delete(keyOf(timer.timestampMs, timer.order, recordKey));
    count--;
    if (count == 0) {
      known = true;
      firstMs = Long.MAX_VALUE;
      firstKey = new byte[0];
    } else if (known && timer.timestampMs == firstMs && timer.order == firstOrder) {
      known = false;
    }
  }

  /** Says whether there is none; the end of time is not enough to tell by. */
  boolean isEmpty() {
    return count == 0;
  }

  /** Returns the time of the earliest, or {@code Long.MAX_VALUE}. */
  long firstMs() {
    if (!known) {
      find();
    }
    return firstMs;
  }

  /** Says whether the earliest comes before a timer that is on the heap. */
  boolean hasBefore(TimerNode other) {
    long ms = firstMs();
    return ms != other.timestampMs ? ms < other.timestampMs : count > 0 && firstOrder < other.order;
  }

  /** Returns the key of the record that the earliest belongs to. */
  byte[] firstKey() {
    firstMs();
    return firstKey;
  }

  private boolean isBeforeFirst(TimerNode timer) {
    return count == 1
        || timer.timestampMs < firstMs
        || (timer.timestampMs == firstMs && timer.order < firstOrder);
  }

  private void find() {
    header(key);
    header(from).putLong(sortable(firstMs));
    try (StateStore.Cursor cursor = store.scan(key, from)) {
      if (!cursor.next()) {
        throw new IllegalStateException(count + " timers in the store are not there");
      }
      byte[] found = cursor.key();
      ByteReader in = new ByteReader(found, EntryKey.HEADER_BYTES + 1);
      firstMs = sortable(in.readLong());
      firstOrder = in.readLong();
      firstKey = Arrays.copyOfRange(found, in.position(), found.length);
    }
    known = true;
  }

  private Bytes keyOf(long ms, long order, byte[] recordKey) {
    return header(key).putLong(sortable(ms)).putLong(order).put(recordKey);
  }

  /** All groups together, since time advances in all of them. */
  private Bytes header(Bytes into) {
    return EntryKey.header(into, 0, transformHash, EntryKey.Kind.TIMER).putByte(domain);
  }

  /** Turns the order of signed numbers into that of unsigned ones, and back. */
  private static long sortable(long ms) {
    return ms ^ Long.MIN_VALUE;
  }
}
