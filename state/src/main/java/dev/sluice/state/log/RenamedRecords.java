package dev.sluice.state.log;

import java.io.IOException;
import java.util.Map;

/**
 * Records whose transforms have other names now. They are no longer in the order of their keys.
 * Used by one thread at a time.
 */
final class RenamedRecords implements RecordCursor {
  private final RecordCursor records;
  private final Map<Integer, Integer> newHashes;
  private byte[] key = {};

  /**
   * @param newHashes hashes of new names by those of old ones; what is not there stays
   */
  RenamedRecords(RecordCursor records, Map<Integer, Integer> newHashes) {
    this.records = records;
    this.newHashes = newHashes;
  }

  @Override
  public boolean next() throws IOException {
    if (!records.next()) {
      return false;
    }
    int length = records.keyLength();
    if (key.length < length) {
      key = new byte[2 * length];
    }
    System.arraycopy(records.key(), 0, key, 0, length);
    if (length >= EntryKey.HEADER_BYTES - 1) {
      int hash = EntryKey.transformHash(key);
      EntryKey.setTransformHash(key, newHashes.getOrDefault(hash, hash));
    }
    return true;
  }

  @Override
  public int op() {
    return records.op();
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int keyLength() {
    return records.keyLength();
  }

  @Override
  public byte[] values() {
    return records.values();
  }

  @Override
  public int valueOffset() {
    return records.valueOffset();
  }

  @Override
  public int valueLength() {
    return records.valueLength();
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
