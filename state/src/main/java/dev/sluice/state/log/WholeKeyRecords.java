package dev.sluice.state.log;

import java.io.IOException;
import java.util.Arrays;

/**
 * The records of a segment of version 1, as version 2 writes them: there, long keys stood whole in
 * the key of each record, here they stand by their {@link KeyDigest}.
 *
 * <p>Used by one thread; closes what it reads. What is always true: each record becomes one record,
 * in the same order; so records that were sorted are not sorted any more.
 */
final class WholeKeyRecords implements RecordCursor {
  private final RecordCursor records;
  private final KeyDigest digest = KeyDigest.sha256();
  private final Bytes key = new Bytes();
  private final Bytes value = new Bytes();

  /** The long key of the last record that had one, and its digest. */
  private final Bytes lastKey = new Bytes();

  private final Bytes lastDigest = new Bytes();

  /** Whether the record is in the two buffers. */
  private boolean changed;

  WholeKeyRecords(RecordCursor records) {
    this.records = records;
  }

  @Override
  public boolean next() throws IOException {
    if (!records.next()) {
      return false;
    }
    changed = false;
    int length = records.keyLength();
    if (length > KeyDigest.LONGEST_WHOLE_KEY) {
      byte kind = records.key()[EntryKey.HEADER_BYTES - 1];
      if (kind == EntryKey.Kind.KEYED.code()) {
        shorten(EntryKey.Kind.LONG_KEYED);
      } else if (kind == EntryKey.Kind.PART.code()) {
        shorten(EntryKey.Kind.LONG_PART);
      }
    }
    return true;
  }

  private void shorten(EntryKey.Kind kind) {
    byte[] whole = records.key();
    int length = EntryKey.lengthOfKey(whole, records.keyLength());
    int from = EntryKey.beginOfKey(whole, records.keyLength());
    if (length <= KeyDigest.LONGEST_WHOLE_KEY || length > records.keyLength() - from) {
      return;
    }
    if (!isLast(whole, from, length)) {
      lastKey.clear().write(whole, from, length);
      digest.put(lastDigest.clear(), whole, from, length);
    }
    changed = true;
    key.clear().write(whole, 0, EntryKey.HEADER_BYTES - 1);
    key.putByte(kind.code()).put(lastDigest);
    key.write(whole, from + length, records.keyLength() - from - length);
    value.clear();
    if (records.op() == PUT) {
      if (kind == EntryKey.Kind.LONG_KEYED) {
        value.putVarInt(length).put(lastKey);
      }
      value.write(records.values(), records.valueOffset(), records.valueLength());
    }
  }

  private boolean isLast(byte[] whole, int from, int length) {
    return lastKey.size() == length
        && Arrays.equals(whole, from, from + length, lastKey.array(), 0, length);
  }

  @Override
  public int op() {
    return records.op();
  }

  @Override
  public byte[] key() {
    return changed ? key.array() : records.key();
  }

  @Override
  public int keyLength() {
    return changed ? key.size() : records.keyLength();
  }

  @Override
  public byte[] values() {
    return changed ? value.array() : records.values();
  }

  @Override
  public int valueOffset() {
    return changed ? 0 : records.valueOffset();
  }

  @Override
  public int valueLength() {
    return changed ? value.size() : records.valueLength();
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
