package dev.sluice.state.log;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A packed block that is not yet safe in the storage: on the heap, or in a scratch file. Immutable.
 */
final class KeptBlock {
  private final BlockInfo info;
  private final byte @Nullable [] bytes;
  private final KeptBlocks.@Nullable File file;
  private final long position;

  /** A block on the heap. */
  KeptBlock(StoredBlock block) {
    this.info = block.info();
    this.bytes = block.bytes();
    this.file = null;
    this.position = 0;
  }

  /** A block at a position of a file. */
  KeptBlock(BlockInfo info, KeptBlocks.File file, long position) {
    this.info = info;
    this.bytes = null;
    this.file = file;
    this.position = position;
  }

  BlockInfo info() {
    return info;
  }

  /** Returns null if it is in the file. */
  byte @Nullable [] bytes() {
    return bytes;
  }

  /** Returns null if it is on the heap. */
  KeptBlocks.@Nullable File file() {
    return file;
  }

  long position() {
    return position;
  }
}
