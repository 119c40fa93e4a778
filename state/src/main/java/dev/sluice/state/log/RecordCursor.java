package dev.sluice.state.log;

import java.io.Closeable;
import java.io.IOException;

/**
 * Walks over the records of a block, a segment or a merge. What it hands out is valid until the
 * next {@link #next}, and not to be changed. Used by one thread at a time.
 */
interface RecordCursor extends Closeable {
  /** The entry has this value now. */
  int PUT = 0;

  /** There is no such entry now. */
  int DELETE = 1;

  /** There is no entry now whose key begins with these bytes. */
  int DELETE_PREFIX = 2;

  /** Moves to the next record; false if there is none. */
  boolean next() throws IOException;

  /** Returns {@link #PUT}, {@link #DELETE} or {@link #DELETE_PREFIX}. */
  int op();

  /** Returns an array that begins with the key or the prefix. */
  byte[] key();

  /** Returns how long the key or the prefix is. */
  int keyLength();

  /** Returns an array that holds the value of a put. */
  byte[] values();

  /** Returns where the value begins. */
  int valueOffset();

  /** Returns how long the value is. */
  int valueLength();

  @Override
  default void close() throws IOException {}
}
