package dev.sluice.state.store;

import dev.sluice.state.error.StateStoreException;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * A walk over a range of one RocksDB, as it was when the walk began.
 *
 * <p>Used by the thread of the task whose store it belongs to. What is always true: its native
 * parts are freed exactly once, by {@link #close}, which its store calls at its own end if nobody
 * has.
 */
final class RocksDbCursor implements StateStore.Cursor {
  private final byte[] first;
  private final byte[] prefix;
  private final Consumer<RocksDbCursor> whenClosed;
  private final @Nullable Slice end;
  private final @Nullable ReadOptions reading;
  private @Nullable RocksIterator entries;
  private byte @Nullable [] key;
  private boolean started;

  /**
   * A walk from the first key that is not below {@code first}.
   *
   * @param db null if there is no database yet, and therefore nothing to iterate over
   * @param end the least key beyond the range, null if there is none
   * @param moment whose entries are shown; null for now
   */
  RocksDbCursor(
      @Nullable RocksDB db,
      byte[] first,
      byte @Nullable [] end,
      byte[] prefix,
      @Nullable Snapshot moment,
      Consumer<RocksDbCursor> whenClosed) {
    this.first = first;
    this.prefix = prefix;
    this.whenClosed = whenClosed;
    if (db == null) {
      this.end = null;
      this.reading = null;
      return;
    }
    this.end = end == null ? null : new Slice(end);
    this.reading = new ReadOptions();
    if (this.end != null) {
      reading.setIterateUpperBound(this.end);
    }
    if (moment != null) {
      reading.setSnapshot(moment);
    }
    entries = db.newIterator(reading);
  }

  @Override
  public boolean next() {
    if (entries == null) {
      return false;
    }
    if (started) {
      entries.next();
    } else {
      entries.seek(first);
      started = true;
    }
    if (entries.isValid()) {
      key = entries.key();
      if (Prefixes.startsWith(key, prefix)) {
        return true;
      }
    }
    try {
      entries.status();
    } catch (RocksDBException e) {
      throw new StateStoreException(
          "A walk over a store of state failed: " + e.getMessage() + ". Check the disk.", e);
    }
    close();
    return false;
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public byte[] value() {
    return entries.value();
  }

  @Override
  public void close() {
    if (entries == null) {
      whenClosed.accept(this);
      return;
    }
    entries.close();
    entries = null;
    reading.close();
    if (end != null) {
      end.close();
    }
    whenClosed.accept(this);
  }
}
