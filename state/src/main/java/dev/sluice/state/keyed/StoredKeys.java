package dev.sluice.state.keyed;

import dev.sluice.state.entry.StateLog;
import dev.sluice.state.store.HeapShare;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The way of a transform's keys to the store, when the heap is full, and back when they are asked
 * for.
 *
 * <p>Owned by a {@link KeyedState}, therefore by the task's thread. What is always true: a key is
 * on the heap or in the store; {@link #count} says how many are in the store only. The record of a
 * key that came back stays, so that one that is only read is not written again.
 */
final class StoredKeys<K> {
  private final KeyedState<K> owner;
  private final KeyLookup<K> lookup;
  private final EntryCodec<K> codec;
  private final Changes changes;
  private final HeapShare share;
  private final StateLog log;

  /** Keys that are in the store and not in the tables. */
  private long count;

  /** Keys that were expected and are not on the heap, and their keys in the store. */
  private final List<KeyEntry> expected = new ArrayList<>();

  private final List<byte[]> expectedKeys = new ArrayList<>();

  StoredKeys(
      KeyedState<K> owner,
      KeyLookup<K> lookup,
      EntryCodec<K> codec,
      Changes changes,
      HeapShare share) {
    this.owner = owner;
    this.lookup = lookup;
    this.codec = codec;
    this.changes = changes;
    this.share = share;
    this.log = owner.log();
  }

  long count() {
    return count;
  }

  /** Says that a key which is not on the heap will be selected soon. */
  void expect(@Nullable K key, @Nullable Object sought, int hash) {
    expected.add(lookup.newEntry(key, sought, hash));
    expectedKeys.add(codec.key(key, hash).toByteArray());
  }

  /** Brings the keys that are expected to the heap, by one read. */
  void fetch() {
    if (expected.isEmpty()) {
      return;
    }
    List<byte @Nullable []> values = share.store().getAll(expectedKeys);
    int kept = 0;
    for (int i = 0; i < values.size(); i++) {
      KeyEntry entry = expected.get(i);
      // A key may be expected many times.
      if (values.get(i) != null
          && owner.tables().of(entry.hash).find(lookup, entry.standIn, entry.hash) == null) {
        codec.check(expectedKeys.get(i), values.get(i), entry);
        loaded(entry, expectedKeys.get(i), values.get(i)).recent = true;
        expected.set(kept++, entry);
      }
    }
    for (int i = 0; i < kept; i++) {
      share.count(expected.get(i), expected.get(i).heapBytes());
    }
    expected.clear();
    expectedKeys.clear();
  }

  /** Brings a key back that is about to be selected. Null if it is not here either. */
  @Nullable KeyEntry load(@Nullable K key, @Nullable Object sought, int hash) {
    byte[] value = share.store().get(codec.key(key, hash));
    if (value == null) {
      return null;
    }
    byte[] recordKey = log.key().toByteArray();
    KeyEntry entry = lookup.newEntry(key, sought, hash);
    codec.check(recordKey, value, entry);
    return loaded(entry, recordKey, value);
  }

  /** Brings back the key that a timer in the store belongs to. */
  void load(byte[] recordKey) {
    byte[] value = share.store().get(log.key().clear().put(recordKey));
    loaded(newEntry(recordKey, value), recordKey, value);
  }

  /** An entry for the key that a record is of. */
  private KeyEntry newEntry(byte[] recordKey, byte[] value) {
    K key = codec.keyOf(recordKey, value);
    return lookup.newEntry(key, lookup.of(key), EntryCodec.hashOf(recordKey, value));
  }

  private KeyEntry loaded(KeyEntry entry, byte[] recordKey, byte[] value) {
    count--;
    codec.read(
        recordKey,
        value,
        entry,
        (data, order) -> owner.timers().fromStore(entry, data, order, recordKey));
    entry.logged = log.isOn();
    entry.stored = true;
    entry.storedSame = true;
    owner.tables().insert(entry);
    return entry;
  }

  /** Takes back what was saved of one key. */
  KeyEntry restore(byte[] recordKey, byte[] value) {
    KeyEntry entry = newEntry(recordKey, value);
    entry.logged = true;
    owner.tables().insert(entry);
    codec.read(
        recordKey, value, entry, (data, order) -> owner.timers().restore(entry, data, order));
    if (entry.undecoded != null) {
      entry.undecoded.forEachHold(owner.holds()::add);
    }
    if (share.isLimited()) {
      share.count(entry, entry.heapBytes());
    }
    return entry;
  }

  /** Moves a key from the heap to the store. */
  void evict(KeyEntry entry) {
    entry.partsToStore();
    codec.record(entry);
    changes.logWritten(entry);
    if (!entry.storedSame) {
      share.store().put(log.key(), log.value());
    }
    if (entry.timerCount() > 0) {
      owner.timers().toStore(entry, log.key().toByteArray());
    }
    entry.dropCells(owner.namespaces());
    owner.tables().remove(entry);
    codec.left(entry);
    share.uncount(entry);
    count++;
  }

  /** A key that is on the heap has nothing any more: a record of it goes, too. */
  void forget(KeyEntry entry) {
    if (entry.stored) {
      entry.stored = false;
      entry.storedSame = false;
      share.store().delete(codec.key(entry));
    }
    codec.left(entry);
  }
}
