package dev.sluice.state.log;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The way of blocks from the task, which fills them, to the lane that packs them, and of empty ones
 * back.
 *
 * <p>Shared by both. What is always true: {@link #waitingBytes} is what was handed over and is not
 * yet packed.
 */
final class RawBlocks {
  private static final int EMPTY_ONES = 16;

  private final Consumer<Runnable> lane;
  private final KeptBlocks kept;
  private final ArrayBlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(EMPTY_ONES);
  private final AtomicLong waitingBytes = new AtomicLong();

  RawBlocks(Consumer<Runnable> lane, KeptBlocks kept) {
    this.lane = lane;
    this.kept = kept;
  }

  static byte[] newBlock() {
    return new byte[SegmentFormat.BLOCK_BYTES];
  }

  long waitingBytes() {
    return waitingBytes.get();
  }

  /** Called by the task: hands over the content of a block, which is empty then. */
  void handOver(Epoch epoch, BlockBuilder block) {
    int size = block.size();
    byte[] next = empty.poll();
    byte[] full = block.exchange(next == null ? newBlock() : next);
    waitingBytes.addAndGet(size);
    lane.accept(() -> pack(epoch, full, size));
  }

  private void pack(Epoch epoch, byte[] full, int size) {
    try {
      StoredBlock stored = StoredBlock.pack(full, size, epoch.counts());
      epoch.blocks().add(kept.keep(stored));
      if (full.length == SegmentFormat.BLOCK_BYTES) {
        empty.offer(full);
      }
    } catch (Throwable e) {
      // Found when the epoch is sealed: without this block no checkpoint is whole.
      epoch.fail(e);
    } finally {
      waitingBytes.addAndGet(-size);
    }
  }
}
