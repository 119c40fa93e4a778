package dev.sluice.worker.stage;

import dev.sluice.worker.record.EncodedSize;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.beam.sdk.coders.Coder;

/**
 * How much a DoFn was given since its bundle began: it may keep all of that until the bundle ends.
 *
 * <p>Owned by the DoFn's operator, the task's thread only. Measured once in a slice, by the element
 * that was given last, so it costs nothing per element. Always true: an element counts for at most
 * {@value #MOST_BYTES} bytes.
 */
public final class BundleSize {
  /** What is larger is seldom on the heap as a whole. */
  private static final int MOST_BYTES = 4 << 20;

  private final EncodedSize size;
  private final LongSupplier given;
  private final Supplier<Object> last;
  private long before;
  private long measured;
  private long bytes;
  private long elementBytes;

  /**
   * @param coder encodes the DoFn's elements
   * @param given how many calls the DoFn has had, ever
   * @param last the element of the last call; null if there was none
   */
  public BundleSize(Coder<?> coder, LongSupplier given, Supplier<Object> last) {
    this.size = new EncodedSize(coder, MOST_BYTES);
    this.given = given;
    this.last = last;
  }

  /** The bundle has ended. */
  public void reset() {
    before = given.getAsLong();
    measured = 0;
    bytes = 0;
  }

  /** Takes in what was given since it was measured last. */
  public void measure() {
    long elements = given.getAsLong() - before;
    if (elements == measured) {
      return;
    }
    Object sample = last.get();
    if (sample != null) {
      long sampled = size.of(sample);
      elementBytes = elementBytes == 0 ? sampled : (7 * elementBytes + sampled) / 8;
    }
    bytes += (elements - measured) * elementBytes;
    measured = elements;
  }

  /** Whether it had reached its limit when it was measured last. */
  public boolean reaches(BundleLimits limits) {
    return measured >= limits.elements() || bytes >= limits.bytes();
  }

  /** How many elements more it may be given; a few if nothing is known of them yet. */
  public long room(BundleLimits limits, int few) {
    if (elementBytes == 0) {
      return few;
    }
    return Math.max(1, (limits.bytes() - bytes) / elementBytes);
  }
}
