package dev.sluice.state.log;

import java.io.IOException;

/**
 * Iterates over the entries that a base and the segments since amount to, each once, in the order
 * of their keys. To be closed. Used by one thread at a time.
 */
public interface EntryCursor extends AutoCloseable {
  /**
   * Moves to the next entry, to the first one at the first call; false if there is none.
   *
   * @throws CorruptSegmentException if a segment is not as it was written
   */
  boolean next() throws IOException;

  /** Returns the key of the entry; the caller's own. */
  byte[] key();

  /** Returns the value of the entry; the caller's own. */
  byte[] value();

  @Override
  void close() throws IOException;
}
