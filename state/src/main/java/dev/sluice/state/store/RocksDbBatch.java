package dev.sluice.state.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Reads many keys of one RocksDB by one call, through direct buffers that are used again.
 *
 * <p>Owned by its store, therefore by one task's thread. What is always true: a key that could not
 * be read is an error. (The call that takes and gives arrays shows such a key as absent, so it must
 * not be used here: state would be lost silently.)
 */
final class RocksDbBatch {
  private static final int KEYS = 256;
  private static final int KEY_BYTES = 128;
  private static final int LEAST_VALUE_BYTES = 256;
  private static final int LARGEST_VALUE_BYTES = 4096;

  private final List<ByteBuffer> keySlots = slots(KEY_BYTES);
  private int valueBytes = LEAST_VALUE_BYTES;
  private List<ByteBuffer> valueSlots = slots(valueBytes);

  private static List<ByteBuffer> slots(int bytes) {
    ByteBuffer all = ByteBuffer.allocateDirect(KEYS * bytes);
    List<ByteBuffer> slots = new ArrayList<>(KEYS);
    for (int i = 0; i < KEYS; i++) {
      slots.add(all.slice(i * bytes, bytes));
    }
    return slots;
  }

  /** Returns the values of keys that are in the order of their bytes; null where there is none. */
  byte[] @Nullable [] read(RocksDB db, ReadOptions reading, List<byte[]> keys)
      throws RocksDBException {
    byte[] @Nullable [] values = new byte[keys.size()][];
    int[] positions = new int[KEYS];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      byte[] key = keys.get(i);
      if (key.length > KEY_BYTES) {
        values[i] = db.get(reading, key);
        continue;
      }
      keySlots.get(count).clear().put(key).flip();
      positions[count++] = i;
      if (count == KEYS) {
        readSlots(db, reading, keys, positions, count, values);
        count = 0;
      }
    }
    if (count > 0) {
      readSlots(db, reading, keys, positions, count, values);
    }
    return values;
  }

  private void readSlots(
      RocksDB db,
      ReadOptions reading,
      List<byte[]> keys,
      int[] positions,
      int count,
      byte[] @Nullable [] values)
      throws RocksDBException {
    for (int i = 0; i < count; i++) {
      valueSlots.get(i).clear();
    }
    List<ByteBufferGetStatus> found =
        db.multiGetByteBuffers(reading, keySlots.subList(0, count), valueSlots.subList(0, count));
    int largest = valueBytes;
    for (int i = 0; i < count; i++) {
      ByteBufferGetStatus one = found.get(i);
      int at = positions[i];
      switch (one.status.getCode()) {
        case Ok -> {
          if (one.requiredSize > valueBytes) {
            largest = Math.max(largest, one.requiredSize);
            values[at] = db.get(reading, keys.get(at));
          } else {
            byte[] value = new byte[one.requiredSize];
            one.value.get(value);
            values[at] = value;
          }
        }
        case NotFound -> values[at] = null;
        default -> throw new RocksDBException(describe(one.status), one.status);
      }
    }
    makeRoomFor(largest);
  }

  private static String describe(Status status) {
    return status.getCodeString() + (status.getState() == null ? "" : ": " + status.getState());
  }

  private void makeRoomFor(int bytes) {
    if (bytes > valueBytes && valueBytes < LARGEST_VALUE_BYTES) {
      valueBytes = Math.min(LARGEST_VALUE_BYTES, Integer.highestOneBit(bytes - 1) * 2);
      valueSlots = slots(valueBytes);
    }
  }
}
