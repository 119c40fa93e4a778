package dev.sluice.state.windowed;

import dev.sluice.state.PartLog;
import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.ChangeLog;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.store.StateStore;
import java.util.Arrays;
import java.util.BitSet;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the log and the store have of one window's accumulators.
 *
 * <p>Shared by the {@link AccumulatorTable}s of a window, of which one takes new entries and one
 * may be on its way to the store. What is always true: the log has records of the groups in {@code
 * logged} at most, the store of those in {@code stored}.
 */
final class WindowRecords<K, A> {
  /**
   * At the firing of what was in the store, at least this number of keys is brought back at once.
   */
  private static final int CHUNK_KEYS = 128;

  private final PartLog part;
  private final Coder<K> keyCoder;
  private final RecordForm<A> form;
  private final byte[] namespace;
  private final BitSet logged = new BitSet();
  private final BitSet stored = new BitSet();

  /** How many records the store has. */
  private long storedRecords;

  /** Whether anything has left the heap; then all of it does before the window fires. */
  private boolean spilled;

  /** Whether all of it has, and comes back by group and key. */
  private boolean firing;

  private int group = -1;

  /** Where to continue in the group; null at its beginning. */
  private byte @Nullable [] nextKey;

  private boolean groupEnded = true;

  WindowRecords(PartLog part, Coder<K> keyCoder, RecordForm<A> form, byte[] namespace) {
    this.part = part;
    this.keyCoder = keyCoder;
    this.form = form;
    this.namespace = namespace;
  }

  byte[] namespace() {
    return namespace;
  }

  RecordForm<A> form() {
    return form;
  }

  boolean spilled() {
    return spilled;
  }

  void spill() {
    spilled = true;
  }

  boolean firing() {
    return firing;
  }

  void fire() {
    firing = true;
  }

  boolean anyLogged() {
    return !logged.isEmpty();
  }

  long storedRecords() {
    return storedRecords;
  }

  private StateStore store() {
    return part.share().store();
  }

  private Bytes prefix(int keyGroup) {
    return part.key(EntryKey.Kind.WINDOWED, keyGroup, namespace);
  }

  private Bytes key(K key, int hash) {
    Bytes bytes = prefix(KeyGroups.groupOf(hash));
    part.encodeWithLength(bytes, key, keyCoder);
    return bytes;
  }

  /** Logs an entry for the epoch before; false if there is more of it than {@code most} records. */
  boolean logClosing(K key, int hash, int run, A accumulator, int most) {
    logged.set(KeyGroups.groupOf(hash));
    return form.log(accumulator, hash, run, key(key, hash), part.closing(), most);
  }

  /** Moves an entry to the store, and logs it if it has changed. */
  void move(K key, int hash, int run, A accumulator, boolean changed) {
    int keyGroup = KeyGroups.groupOf(hash);
    stored.set(keyGroup);
    if (changed) {
      logged.set(keyGroup);
    }
    storedRecords +=
        form.move(accumulator, hash, run, key(key, hash), changed ? part.open() : null, store());
  }

  /** A record is in the log, for it was saved. */
  void restored(byte[] recordKey) {
    if (part.isOn()) {
      logged.set(EntryKey.keyGroup(recordKey));
    }
  }

  /** Puts a record into the store as it was saved. */
  void intoStore(byte[] recordKey, byte[] value) {
    stored.set(EntryKey.keyGroup(recordKey));
    storedRecords++;
    Bytes bytes = prefix(EntryKey.keyGroup(recordKey)).clear().put(recordKey);
    store().put(bytes, part.value().put(value));
  }

  /** The log has a record no longer that was saved. */
  void deleteSaved(byte[] recordKey) {
    if (part.isOn()) {
      part.open().delete(prefix(0).clear().put(recordKey));
    }
  }

  /** The log has a key no longer. */
  void delete(K key, int hash, ChangeLog to) {
    if (logged.get(KeyGroups.groupOf(hash))) {
      Bytes bytes = key(key, hash);
      if (spilled || form.isInParts()) {
        to.deletePrefix(bytes);
      } else {
        to.delete(bytes);
      }
    }
  }

  /** Neither log nor store has anything of the window any longer. */
  void deleteAll() {
    for (int g = logged.nextSetBit(0); g >= 0; g = logged.nextSetBit(g + 1)) {
      part.open().deletePrefix(prefix(g));
    }
    for (int g = stored.nextSetBit(0); g >= 0; g = stored.nextSetBit(g + 1)) {
      store().deletePrefix(prefix(g));
    }
    logged.clear();
    stored.clear();
    storedRecords = 0;
  }

  /** Whether all keys of the group that was brought back last were. */
  boolean groupEnded() {
    return groupEnded;
  }

  /** Neither log nor store has anything of the group that was brought back last. */
  void deleteGroup() {
    if (group >= 0 && logged.get(group)) {
      part.open().deletePrefix(prefix(group));
      logged.clear(group);
    }
    if (group >= 0 && stored.get(group)) {
      store().deletePrefix(prefix(group));
      stored.clear(group);
    }
  }

  /** Brings the next keys of one group back to an empty table; false if there are none. */
  boolean refill(AccumulatorTable<K, A> table) {
    while (true) {
      if (groupEnded) {
        group = stored.nextSetBit(group + 1);
        nextKey = null;
        if (group < 0) {
          return false;
        }
      }
      if (refillFromGroup(table)) {
        return true;
      }
    }
  }

  private boolean refillFromGroup(AccumulatorTable<K, A> table) {
    Bytes prefix = new Bytes().put(prefix(group));
    Bytes from = nextKey == null ? prefix : new Bytes().put(nextKey);
    groupEnded = true;
    int keys = 0;
    byte[] current = null;
    int hash = 0;
    A merged = null;
    try (StateStore.Cursor cursor = store().scan(prefix, from)) {
      while (groupEnded && cursor.next()) {
        byte[] record = cursor.key();
        if (current == null || !startsWith(record, current)) {
          if (current != null) {
            table.bringBack(keyOf(current), hash, merged);
          }
          current = withoutRun(record);
          if (keys == CHUNK_KEYS) {
            nextKey = current;
            groupEnded = false;
          }
          keys++;
          merged = null;
          hash = RecordForm.hashOf(cursor.value());
        }
        if (groupEnded) {
          merged = form.merge(merged, cursor.value());
          storedRecords--;
        }
      }
    }
    if (groupEnded && current != null) {
      table.bringBack(keyOf(current), hash, merged);
    }
    return keys > 0;
  }

  private static boolean startsWith(byte[] record, byte[] beginning) {
    int count = beginning.length;
    return record.length >= count && Arrays.equals(record, 0, count, beginning, 0, count);
  }

  /** A reader of a record's key that has read what comes before the key of the entry. */
  private static ByteReader atKey(byte[] record) {
    ByteReader in = new ByteReader(record, EntryKey.HEADER_BYTES + Integer.BYTES);
    in.skip(in.readVarInt());
    return in;
  }

  private static byte[] withoutRun(byte[] record) {
    ByteReader in = atKey(record);
    in.skip(in.readVarInt());
    return Arrays.copyOf(record, in.position());
  }

  K keyOf(byte[] record) {
    return atKey(record).decodeWithLength(keyCoder, part.described());
  }

  /** A reader of a record's key that has read all but what its form says. */
  static ByteReader behindKey(byte[] record) {
    ByteReader in = atKey(record);
    in.skip(in.readVarInt());
    return in;
  }

  /** Shows the records of a group that are in the store. */
  void forEachStored(int keyGroup, StoredVisitor<K, A> visitor) {
    if (!stored.get(keyGroup)) {
      return;
    }
    try (StateStore.Cursor cursor = store().scan(new Bytes().put(prefix(keyGroup)))) {
      while (cursor.next()) {
        visitor.visit(keyOf(cursor.key()), form.merge(null, cursor.value()));
      }
    }
  }

  /** Sees a part of what the store has of a key. */
  interface StoredVisitor<K, A> {
    void visit(K key, A part);
  }
}
