package dev.sluice.state.log;

import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Collects the records of one epoch into blocks.
 *
 * <p>Owned by the task's thread. What is always true: it has a block of its own, and the epoch that
 * its records belong to, if there is one.
 */
final class EpochLog implements ChangeLog {
  private static final byte[] NO_VALUE = {};

  private final BlockBuilder block = new BlockBuilder(RawBlocks.newBlock());
  private final RawBlocks full;
  private @Nullable Epoch epoch;

  /** A log that hands over the blocks that are full. */
  EpochLog(RawBlocks full) {
    this.full = full;
  }

  @Nullable Epoch epoch() {
    return epoch;
  }

  /** Begins an epoch; the one before has been flushed. */
  void begin(@Nullable Epoch newEpoch) {
    epoch = newEpoch;
  }

  /** Goes on with another log's epoch, where that was. */
  void take(EpochLog other) {
    epoch = other.epoch;
    if (other.block.count() > 0) {
      block.swap(other.block);
    }
    other.epoch = null;
  }

  @Override
  public void put(Bytes key, Bytes value) {
    add(RecordCursor.PUT, key, value.array(), value.size());
  }

  @Override
  public void delete(Bytes key) {
    add(RecordCursor.DELETE, key, NO_VALUE, 0);
  }

  @Override
  public void deletePrefix(Bytes prefix) {
    add(RecordCursor.DELETE_PREFIX, prefix, NO_VALUE, 0);
  }

  private void add(int op, Bytes key, byte[] value, int valueLength) {
    Objects.requireNonNull(epoch, "no epoch is being closed");
    long most = block.size() + BlockBuilder.mostBytes(key.size(), valueLength);
    if (most > SegmentFormat.BLOCK_BYTES && block.count() > 0) {
      flush();
    }
    block.add(op, key.array(), key.size(), value, 0, valueLength);
  }

  /** Hands over what there is. */
  void flush() {
    if (block.count() > 0) {
      full.handOver(epoch, block);
    }
  }
}
