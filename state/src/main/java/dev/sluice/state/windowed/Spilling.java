package dev.sluice.state.windowed;

import dev.sluice.state.store.HeapShare;
import java.util.Iterator;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Keeps {@link WindowedAccumulators} within the heap that they may use, by moving tables to the
 * store.
 *
 * <p>Owned by them. A table that is to go is not read again: it leaves entry by entry, under a
 * number of its own, while the window continues with a new one; at the firing all of a key's
 * accumulators are merged, in that order (as in a log-structured merge tree, O'Neil et al. 1996).
 * So a record that arrives costs no lookup in the store, however little fits on the heap. What they
 * take is estimated from samples, once in a bundle, so counting costs nothing per record either.
 * What is always true: at most one table is on its way to the store.
 */
final class Spilling<K, A> implements HeapShare.Evictor {
  /** What may always stay: tables that are too small make many runs. */
  private static final long LEAST_BYTES = 64 << 10;

  /** The place of an entry in its table's arrays. */
  private static final int PLACE_BYTES = 64;

  /** So many entries leave at once. */
  private static final int EVICTED_AT_ONCE = 32;

  /** The first samples are taken one after the other, later ones once in this number of calls. */
  private static final int FIRST_SAMPLES = 32;

  private static final int SAMPLED_EACH = 16;

  /** Samples are taken at places that look random. */
  private static final long STRIDE = 7919;

  private final WindowedAccumulators<K, A> owner;
  private final HeapShare share;
  private @Nullable AccumulatorTable<K, A> leaving;
  private long entryBytes;
  private long leasedBytes;
  private long settled;

  Spilling(WindowedAccumulators<K, A> owner, HeapShare share) {
    this.owner = owner;
    this.share = share;
  }

  @Nullable AccumulatorTable<K, A> leaving() {
    return leaving;
  }

  void settle() {
    if (settled < FIRST_SAMPLES || settled % SAMPLED_EACH == 0) {
      sample();
    }
    settled++;
    long bytes = owner.entries * entryBytes;
    long more = bytes - leasedBytes;
    leasedBytes = bytes;
    share.count(more);
  }

  private void sample() {
    AccumulatorTable<K, A> table = owner.latest();
    if (table == null || table.first() == table.end()) {
      return;
    }
    int entry = table.first() + (int) (settled * STRIDE % (table.end() - table.first()));
    long bytes = PLACE_BYTES + table.heapBytes(entry);
    entryBytes = entryBytes == 0 ? bytes : (entryBytes * 7 + bytes) / 8;
  }

  @Override
  public boolean evictOne() {
    if (leaving == null && !choose()) {
      return false;
    }
    long freed = moveSome(EVICTED_AT_ONCE) * entryBytes;
    freed = Math.min(freed, leasedBytes);
    leasedBytes -= freed;
    share.count(-freed);
    return true;
  }

  private int moveSome(int most) {
    int moved = leaving.moveSome(most);
    if (leaving.first() == leaving.end()) {
      leaving = null;
    }
    return moved;
  }

  /** Of the tables that have the average number of entries or more the last to fire. */
  private boolean choose() {
    if (owner.entries * entryBytes < LEAST_BYTES) {
      return false;
    }
    long average = owner.entries / owner.open().size();
    Iterator<AccumulatorTable<K, A>> lastFirst = owner.open().descendingIterator();
    while (lastFirst.hasNext()) {
      AccumulatorTable<K, A> table = lastFirst.next();
      int count = table.end() - table.first();
      if (count > 0 && count >= average && table.first() == 0 && !isFiring(table)) {
        retire(table);
        return true;
      }
    }
    return false;
  }

  private boolean isFiring(AccumulatorTable<K, A> table) {
    return table.spilled() && table.records().firing();
  }

  private void retire(AccumulatorTable<K, A> table) {
    leaving = table.retire();
    owner.retired(leaving);
  }

  /** See {@link WindowedAccumulators#prepare}. */
  int prepare(AccumulatorTable<K, A> table, int most) {
    if (isFiring(table)) {
      if (table.first() == table.end()) {
        table.refill();
      }
      return 0;
    }
    if (leaving == null) {
      if (table.first() == table.end()) {
        table.records().fire();
        return prepare(table, most);
      }
      retire(table);
    }
    return moveSome(most);
  }

  /** A table is closed, and what of its window is on the way to the store is of no use. */
  void forget(AccumulatorTable<K, A> table) {
    if (leaving != null && leaving.window() == table.window()) {
      leaving.abandon();
      leaving = null;
    }
  }
}
