package dev.sluice.worker.exchange;

import dev.sluice.worker.record.Batch;
import dev.sluice.worker.record.EncodedSize;
import org.apache.beam.sdk.coders.Coder;

/**
 * How many records of an exchange make a batch: the number expected to take {@link #BYTES}
 * together, by the encoded size of one record of each full batch.
 *
 * <p>Owned by the producer's task, shared by its outlets. Always true: between 1 and {@link
 * Batch#CAPACITY}; a record that is larger than expected lowers it at once, smaller ones raise it
 * step by step. It begins low, because nothing is known of the first record.
 */
public final class BatchSize {
  private static final int BYTES = 256 << 10;
  private static final int FIRST_RECORDS = 16;
  private static final int RAISE = 4;

  private final EncodedSize size;
  private int records = FIRST_RECORDS;
  private int turn;

  /**
   * @param coder the coder of the exchange's elements
   */
  public BatchSize(Coder<?> coder) {
    this.size = new EncodedSize(coder, BYTES);
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
    records = Math.min(raised, Math.max(1, BYTES / size.of(batch.value(turn))));
  }
}
