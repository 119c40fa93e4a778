package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.error.KeyCollisionException;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.log.KeyDigest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The keys on the heap whose records stand under a {@link KeyDigest}, so that no two of them ever
 * write the same record.
 *
 * <p>Belongs to an {@link EntryCodec}, therefore to the task's thread. What is always true: a key
 * that is on the heap and may have a record somewhere is here; its map is used for lookups, never
 * walked over. Short keys are never here.
 */
final class LongKeys {
  private final String transform;
  private final Map<Digest, KeyEntry> byDigest = new HashMap<>();

  LongKeys(String transform) {
    this.transform = transform;
  }

  /**
   * The place of a long key: its transform is known.
   *
   * @param keyGroup of the key
   * @param high the first half of its digest
   * @param low the second half
   */
  private record Digest(int keyGroup, long high, long low) {
    static Digest of(byte[] recordKey) {
      ByteBuffer bytes = ByteBuffer.wrap(recordKey, EntryKey.HEADER_BYTES, KeyDigest.BYTES);
      return new Digest(EntryKey.keyGroup(recordKey), bytes.getLong(), bytes.getLong());
    }
  }

  /**
   * A key has a record, or is about to get one.
   *
   * @param recordKey begins with the header and the digest
   * @throws KeyCollisionException if the record is that of another key that is on the heap
   */
  void add(byte[] recordKey, KeyEntry entry) {
    entry.isLong = true;
    KeyEntry former = byDigest.put(Digest.of(recordKey), entry);
    if (former != null && former != entry && former.inTable) {
      throw new KeyCollisionException(transform, KeyDigest.LONGEST_WHOLE_KEY);
    }
  }

  /** A key is no longer on the heap. */
  void remove(byte[] recordKey) {
    byDigest.remove(Digest.of(recordKey));
  }

  /**
   * Refuses a record that was found by a digest if it is another key's.
   *
   * @param value begins with the key of the record
   */
  void check(byte[] value, Bytes sought) {
    ByteReader in = new ByteReader(value, 0);
    int length = in.readVarInt();
    int from = in.position();
    if (!Arrays.equals(value, from, from + length, sought.array(), 0, sought.size())) {
      throw new KeyCollisionException(transform, KeyDigest.LONGEST_WHOLE_KEY);
    }
  }
}
