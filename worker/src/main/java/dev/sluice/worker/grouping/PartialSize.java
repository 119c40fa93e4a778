package dev.sluice.worker.grouping;

import dev.sluice.worker.record.EncodedSize;
import org.apache.beam.sdk.coders.Coder;

/**
 * Estimates what the accumulators before the exchange take together.
 *
 * <p>Owned by one {@link PartialCombineOperator}, the task's thread only. Looks at the accumulator
 * that was changed last, in each slice while it is small, so that one to which most of the input
 * goes is seen; less often the larger it is, so that looking costs about the same.
 */
final class PartialSize {
  /** After looking at this many bytes it lets one slice pass. */
  private static final int BYTES_A_SLICE = 1 << 20;

  private final EncodedSize size;
  private final int most;
  private long accumulatorBytes;
  private int slicesToPass;

  /**
   * @param most more bytes than this are too much
   */
  PartialSize(Coder<?> accumulatorCoder, int most) {
    this.size = new EncodedSize(accumulatorCoder, most);
    this.most = most;
  }

  /** All of them have left. */
  void reset() {
    accumulatorBytes = 0;
    slicesToPass = 0;
  }

  /**
   * A slice has ended.
   *
   * @param entries how many accumulators there are
   * @param latest the one that was changed last
   */
  boolean isTooMuch(int entries, Object latest) {
    if (slicesToPass > 0) {
      slicesToPass--;
      return false;
    }
    int sampled = size.of(latest);
    slicesToPass = sampled / BYTES_A_SLICE;
    accumulatorBytes = accumulatorBytes == 0 ? sampled : (7 * accumulatorBytes + sampled) / 8;
    return Math.max(sampled, entries * accumulatorBytes) >= most;
  }
}
