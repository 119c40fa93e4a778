package dev.sluice.worker.exchange;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;

/**
 * How many records of an exchange make a batch: as many as are thought to take {@link #BYTES}
 * together, by the encoded size of one record of each full batch.
 *
 * <p>Owned by the producer's task, shared by its outlets. Always true: between 1 and {@link
 * Batch#CAPACITY}; a record that is larger than expected lowers it at once, smaller ones raise it
 * step by step. It begins low, because of the first record nothing is known.
 */
public final class BatchSize {
  private static final int BYTES = 256 << 10;
  private static final int FIRST_RECORDS = 16;
  private static final int RAISE = 4;

  private final Coder<Object> coder;
  private final Measure measure = new Measure();
  private int records = FIRST_RECORDS;
  private int turn;

  /**
   * @param coder the coder of the exchange's elements
   */
  @SuppressWarnings("unchecked")
  public BatchSize(Coder<?> coder) {
    this.coder = (Coder<Object>) coder;
  }

  /** After how many records a batch is full. */
  int records() {
    return records;
  }

  /**
   * Measures a record of a full batch, another one each time. Accumulators, for which the
   * exchange's coder is not made, are taken for small.
   */
  void sample(Batch batch) {
    int raised = Math.min(Batch.CAPACITY, RAISE * records);
    if (batch.accumulated()) {
      records = raised;
      return;
    }
    turn = turn + 1 < batch.size() ? turn + 1 : 0;
    int bytes = Math.max(1, bytesOf(batch.value(turn)));
    records = Math.min(raised, Math.max(1, BYTES / bytes));
  }

  private int bytesOf(Object value) {
    measure.count = 0;
    try {
      coder.encode(value, measure);
    } catch (IOException | RuntimeException e) {
      // Too large to go on, or a value that cannot be encoded: it is not encoded here, so nothing
      // is wrong yet.
      return measure.count;
    }
    return measure.count;
  }

  /** Counts bytes, and stops an encoding that goes beyond what makes a batch of its own. */
  private static final class Measure extends OutputStream {
    private int count;

    @Override
    public void write(int b) throws IOException {
      add(1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      add(length);
    }

    private void add(int bytes) throws IOException {
      count += Math.min(bytes, BYTES);
      if (count >= BYTES) {
        throw new IOException("large enough");
      }
    }
  }
}
