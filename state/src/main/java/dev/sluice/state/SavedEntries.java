package dev.sluice.state;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.EntryKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Brings saved entries to whatever they belong to, or keeps them until that is there.
 *
 * <p>Owned by a {@link TaskState}. Its maps are used for lookups, never iterated over.
 */
final class SavedEntries {
  /** One entry that waits for its state. */
  @SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
  private record Entry(byte[] key, byte[] value) {}

  /**
   * What an entry belongs to.
   *
   * @param transform hash of the transform's name
   * @param state hash of the state's id; 0 if it is the keyed state of a transform
   * @param group the key group, or -1 if it makes no difference
   */
  private record Owner(int transform, int state, int group) {}

  private final StateLog log;
  private final Map<Owner, BiConsumer<byte[], byte[]>> takers = new HashMap<>();
  private final Map<Owner, List<Entry>> waiting = new HashMap<>();

  SavedEntries(StateLog log) {
    this.log = log;
  }

  /** The keyed state of a transform is there. */
  void keyed(String transform, BiConsumer<byte[], byte[]> taker) {
    add(new Owner(log.transformHash(transform), 0, -1), taker);
  }

  /** A list, or another part, is there. */
  void named(StateEntry.Column name, BiConsumer<byte[], byte[]> taker) {
    inGroup(-1, name, taker);
  }

  /** A value of a group is there. */
  void inGroup(int keyGroup, StateEntry.Column name, BiConsumer<byte[], byte[]> taker) {
    add(
        new Owner(log.transformHash(name.transformId()), log.stateHash(name.stateId()), keyGroup),
        taker);
  }

  private void add(Owner owner, BiConsumer<byte[], byte[]> taker) {
    takers.put(owner, taker);
    List<Entry> early = waiting.remove(owner);
    if (early != null) {
      early.forEach(entry -> taker.accept(entry.key(), entry.value()));
    }
  }

  void take(byte[] key, byte[] value) {
    Owner owner = ownerOf(key);
    BiConsumer<byte[], byte[]> taker = takers.get(owner);
    if (taker != null) {
      taker.accept(key, value);
    } else {
      waiting.computeIfAbsent(owner, o -> new ArrayList<>()).add(new Entry(key, value));
    }
  }

  private static Owner ownerOf(byte[] key) {
    int transform = EntryKey.transformHash(key);
    if (EntryKey.isKeyed(key) || EntryKey.isPart(key)) {
      return new Owner(transform, 0, -1);
    }
    int state = new ByteReader(key, EntryKey.HEADER_BYTES).readInt();
    boolean oneValue =
        EntryKey.kind(key) == EntryKey.Kind.VALUE
            && key.length == EntryKey.HEADER_BYTES + Integer.BYTES;
    return new Owner(transform, state, oneValue ? EntryKey.keyGroup(key) : -1);
  }

  /** No more entries will come. */
  void end() {
    takers.clear();
  }
}
