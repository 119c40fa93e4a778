package dev.sluice.state.log;

import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What was logged in one epoch, compressed.
 *
 * <p>Named by the task's thread; filled in the lane of blocks, which hands it to the lane of
 * uploads when it is sealed.
 */
final class Epoch {
  private final long number;
  private final List<KeptBlock> blocks = new ArrayList<>();
  private final SegmentCounts counts = new SegmentCounts();
  private @Nullable Throwable failure;

  Epoch(long number) {
    this.number = number;
  }

  long number() {
    return number;
  }

  List<KeptBlock> blocks() {
    return blocks;
  }

  SegmentCounts counts() {
    return counts;
  }

  /** A block of it is lost. */
  void fail(Throwable why) {
    failure = why;
  }

  @Nullable Throwable failure() {
    return failure;
  }
}
