package dev.sluice.state.store;

import dev.sluice.state.log.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The store of one task in a RocksDB of its own, without a write-ahead log: scratch, deleted when
 * it is closed.
 *
 * <p>Used by one task's thread; memory and background threads are those of the worker's {@link
 * RocksDbStores}. What is always true: there is no database until the first batch is full or is
 * asked for by a scan or a range deletion; a read looks into the {@link PendingWrites} first; a
 * cursor that is open when the store is closed is closed with it, since native code would read
 * freed memory otherwise.
 *
 * <p>A scan writes what is pending first and then walks over a view that RocksDB keeps still. A
 * prefix with few entries is removed entry by entry, one with none costs a look: each range
 * deletion has to be asked by all later reads until it is merged away.
 */
final class RocksDbStore implements StateStore {
  private static final int FEW_ENTRIES = 64;

  private final RocksDbStores stores;
  private final Path folder;
  private final PendingWrites pending = new PendingWrites();
  private final Set<RocksDbCursor> cursors = new LinkedHashSet<>();
  private final Set<SnapshotView> views = new LinkedHashSet<>();
  private @Nullable RocksDB db;
  private @Nullable ReadOptions reading;
  private @Nullable WriteOptions writing;
  private @Nullable RocksDbBatch batch;
  private boolean closed;

  RocksDbStore(RocksDbStores stores, Path folder) {
    this.stores = stores;
    this.folder = folder;
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    int place = pending.find(key.array(), key.size());
    if (place != PendingWrites.UNCHANGED) {
      return pending.valueAt(place);
    }
    if (db == null) {
      return null;
    }
    try {
      return db.get(reading, key.array(), 0, key.size());
    } catch (RocksDBException e) {
      throw stores.failure("read from", folder, e);
    }
  }

  @Override
  public List<byte @Nullable []> getAll(List<byte[]> keys) {
    int count = keys.size();
    byte[] @Nullable [] values = new byte[count][];
    Integer[] order = new Integer[count];
    int sought = 0;
    for (int i = 0; i < count; i++) {
      byte[] key = keys.get(i);
      int place = pending.find(key, key.length);
      if (place != PendingWrites.UNCHANGED) {
        values[i] = pending.valueAt(place);
      } else {
        order[sought++] = i;
      }
    }
    if (db != null && sought > 0) {
      Arrays.sort(order, 0, sought, (a, b) -> Arrays.compareUnsigned(keys.get(a), keys.get(b)));
      List<byte[]> sorted = new ArrayList<>(sought);
      for (int i = 0; i < sought; i++) {
        sorted.add(keys.get(order[i]));
      }
      byte[] @Nullable [] found = readSorted(db, sorted);
      for (int i = 0; i < sought; i++) {
        values[order[i]] = found[i];
      }
    }
    return Arrays.asList(values);
  }

  private byte[] @Nullable [] readSorted(RocksDB from, List<byte[]> keys) {
    if (batch == null) {
      batch = new RocksDbBatch();
    }
    try {
      return batch.read(from, reading, keys);
    } catch (RocksDBException e) {
      throw stores.failure("read from", folder, e);
    }
  }

  @Override
  public void put(Bytes key, Bytes value) {
    pending.put(key.array(), key.size(), value.array(), value.size());
    if (pending.isFull()) {
      flush();
    }
  }

  @Override
  public void delete(Bytes key) {
    if (db == null && pending.isEmpty()) {
      return;
    }
    pending.delete(key.array(), key.size());
    if (pending.isFull()) {
      flush();
    }
  }

  @Override
  public void deletePrefix(Bytes prefix) {
    if (db == null && pending.isEmpty()) {
      return;
    }
    List<byte[]> keys = new ArrayList<>();
    try (Cursor cursor = scan(prefix)) {
      while (keys.size() <= FEW_ENTRIES && cursor.next()) {
        keys.add(cursor.key());
      }
    }
    byte[] end = Prefixes.end(prefix.toByteArray());
    if (keys.size() <= FEW_ENTRIES || end == null) {
      deleteEach(prefix, keys);
      return;
    }
    try {
      opened().deleteRange(writing, keys.get(0), end);
    } catch (RocksDBException e) {
      throw stores.failure("write to", folder, e);
    }
  }

  private void deleteEach(Bytes prefix, List<byte[]> first) {
    for (byte[] key : first) {
      deleteKey(key);
    }
    if (first.size() > FEW_ENTRIES) {
      try (Cursor rest = scan(prefix)) {
        while (rest.next()) {
          deleteKey(rest.key());
        }
      }
    }
  }

  private void deleteKey(byte[] key) {
    pending.delete(key, key.length);
    if (pending.isFull()) {
      flush();
    }
  }

  @Override
  public Cursor scan(Bytes prefix, Bytes from) {
    flush();
    return cursor(prefix.toByteArray(), from, null);
  }

  private Cursor cursor(byte[] begin, Bytes from, @Nullable Snapshot moment) {
    byte[] start = from.toByteArray();
    byte[] first = Arrays.compareUnsigned(begin, start) < 0 ? start : begin;
    RocksDbCursor cursor =
        new RocksDbCursor(db, first, Prefixes.end(begin), begin, moment, cursors::remove);
    cursors.add(cursor);
    return cursor;
  }

  @Override
  public View view(Bytes prefix) {
    flush();
    SnapshotView view =
        new SnapshotView(prefix.toByteArray(), db == null ? null : db.getSnapshot());
    views.add(view);
    return view;
  }

  /** What a snapshot of RocksDB shows; nothing if there was no database yet. */
  private final class SnapshotView implements View {
    private final byte[] prefix;
    private final @Nullable Snapshot moment;

    private SnapshotView(byte[] prefix, @Nullable Snapshot moment) {
      this.prefix = prefix;
      this.moment = moment;
    }

    @Override
    public Cursor scan(Bytes from) {
      if (!views.contains(this)) {
        throw new IllegalStateException("a view of the store in " + folder + " is closed");
      }
      if (moment == null) {
        return new RocksDbCursor(null, prefix, null, prefix, null, cursor -> {});
      }
      return cursor(prefix, from, moment);
    }

    @Override
    public void close() {
      if (views.remove(this) && moment != null) {
        db.releaseSnapshot(moment);
        moment.close();
      }
    }
  }

  /** Writes what is pending. */
  private void flush() {
    if (pending.isEmpty()) {
      return;
    }
    RocksDB into = opened();
    try (WriteBatch changes = new WriteBatch(pending.toByteArray())) {
      into.write(writing, changes);
    } catch (RocksDBException e) {
      throw stores.failure("write to", folder, e);
    }
    pending.clear();
  }

  private RocksDB opened() {
    if (closed) {
      throw new IllegalStateException("the store in " + folder + " is closed");
    }
    if (db == null) {
      db = stores.openDatabase(folder);
      reading = new ReadOptions();
      writing = new WriteOptions().setDisableWAL(true);
    }
    return db;
  }

  @Override
  public long sizeBytes() {
    return pending.sizeBytes() + (db == null ? 0 : stores.sizeBytes(db, folder));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    pending.clear();
    for (RocksDbCursor cursor : cursors.toArray(new RocksDbCursor[0])) {
      cursor.close();
    }
    for (SnapshotView view : views.toArray(new SnapshotView[0])) {
      view.close();
    }
    if (db != null) {
      reading.close();
      writing.close();
      stores.closeDatabase(db, folder);
      db = null;
    }
    stores.closed(this);
  }
}
