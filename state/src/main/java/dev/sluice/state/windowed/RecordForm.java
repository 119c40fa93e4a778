package dev.sluice.state.windowed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.ChangeLog;
import dev.sluice.state.store.StateStore;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How the accumulator of one key and window stands in records, whose keys begin with the bytes of
 * the window and the key and end with what the form says.
 *
 * <p>Owned by one {@link WindowedAccumulators}. Accumulators of one key that left the heap one
 * after the other differ by the number of their <i>run</i>, and so do their records; all of them,
 * in the order of their keys, {@linkplain #merge merged}, are the key's accumulator.
 *
 * @param <A> the type of the accumulators
 */
interface RecordForm<A> {
  /**
   * Logs what is not in the log yet, of what there was at the last {@link #freeze} if that was
   * called since it was logged.
   *
   * @param key the beginning of the key; what comes behind it is left undefined
   * @param most the number of records after which it may stop
   * @return false if there is more to log
   */
  boolean log(A accumulator, int hash, int run, Bytes key, ChangeLog to, int most);

  /**
   * Writes all of it to the store, and what is not in the log yet to the log.
   *
   * @param log null if all of it is in the log, or nothing is logged
   * @return how many records it has become
   */
  long move(A accumulator, int hash, int run, Bytes key, @Nullable ChangeLog log, StateStore store);

  /**
   * Remembers what of it is to be logged, for somebody is about to change it.
   *
   * @return false if it has to be logged at once instead
   */
  boolean freeze(A accumulator);

  /** Takes in one more record; {@code before} is null at the first one. */
  A merge(@Nullable A before, byte[] value);

  /** The run of the record, of which the reader has read the bytes of the window and the key. */
  int runOf(ByteReader key);

  /** Estimates what the accumulator takes on the heap. */
  long heapBytes(A accumulator);

  /** Whether an entry may have many records in the log, whatever its run. */
  boolean isInParts();

  /**
   * Takes in that the record, just merged, is in the log and stays there.
   *
   * @return false if that cannot be: it has to be deleted, and the accumulator to be logged again
   */
  boolean keepRecord(A accumulator, ByteReader key);

  /** The hash of the key that each record's value begins with. */
  static int hashOf(byte[] value) {
    return new ByteReader(value, 0).readInt();
  }
}
