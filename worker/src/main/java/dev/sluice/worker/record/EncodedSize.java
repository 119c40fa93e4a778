package dev.sluice.worker.record;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;

/**
 * How many bytes a value takes when it is encoded, counted without keeping them.
 *
 * <p>Owned by one task. Always true: an encoding is stopped at the limit, so that a large value
 * costs no more than one of that size.
 */
public final class EncodedSize {
  private final Coder<Object> coder;
  private final Counting counting;

  /**
   * @param coder encodes the values
   * @param most more bytes than this are not counted
   */
  @SuppressWarnings("unchecked")
  public EncodedSize(Coder<?> coder, int most) {
    this.coder = (Coder<Object>) coder;
    this.counting = new Counting(most);
  }

  /** The size of a value, at least 1. */
  public int of(Object value) {
    counting.count = 0;
    try {
      coder.encode(value, counting);
    } catch (IOException | RuntimeException e) {
      // Too large to continue, or a value that cannot be encoded: it is not encoded here, so
      // nothing
      // is wrong yet.
    }
    return Math.max(1, counting.count);
  }

  private static final class Counting extends OutputStream {
    private final int most;
    private int count;

    Counting(int most) {
      this.most = most;
    }

    @Override
    public void write(int b) throws IOException {
      add(1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      add(length);
    }

    private void add(int bytes) throws IOException {
      count += Math.min(bytes, most - count);
      if (count >= most) {
        throw new IOException("large enough");
      }
    }
  }
}
