package dev.sluice.state.store;

import dev.sluice.state.log.Bytes;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A sorted map of bytes in which a task keeps the entries of its state that are not on the heap.
 *
 * <p>Scratch: it is empty when it is made, and never trusted after a crash. Keys are those of
 * {@code EntryKey}, in unsigned order of their bytes. Used by one task's thread. Held equal to a
 * sorted map by a model-based test.
 */
public interface StateStore extends AutoCloseable {
  /** Returns the value of a key, or null if there is none. */
  byte @Nullable [] get(Bytes key);

  /**
   * Returns the values of many keys, in the order of the keys; null for each that has none. Reads
   * them in the order of their bytes whatever their order is.
   */
  List<byte @Nullable []> getAll(List<byte[]> keys);

  /** Collects a change; seen by reads at once, written together with others. */
  void put(Bytes key, Bytes value);

  /** Collects a change; seen by reads at once, written together with others. */
  void delete(Bytes key);

  /** Removes every entry whose key begins with these bytes. */
  void deletePrefix(Bytes prefix);

  /** Returns a cursor over the entries whose keys begin with {@code prefix}, from its first one. */
  default Cursor scan(Bytes prefix) {
    return scan(prefix, prefix);
  }

  /**
   * Returns a cursor over the entries whose keys begin with {@code prefix}, from the first one on
   * that is not below {@code from}. It shows the entries of this moment, whatever becomes of them.
   */
  Cursor scan(Bytes prefix, Bytes from);

  /**
   * Keeps the entries of this moment whose keys begin with {@code prefix}, whatever becomes of
   * them, to be iterated over many times. To be closed.
   */
  View view(Bytes prefix);

  /** Returns an estimate of the number of bytes it takes. */
  long sizeBytes();

  /** Lets go of everything, files too. */
  @Override
  void close();

  /** Walks over entries in the order of their keys. To be closed. */
  interface Cursor extends AutoCloseable {
    /** Moves to the next entry; the first one at the first call. False if there is none. */
    boolean next();

    /** Returns the key of the entry; good until {@link #next}. */
    byte[] key();

    /** Returns the value of the entry; good until {@link #next}. */
    byte[] value();

    @Override
    void close();
  }

  /** The entries of one moment. Closing the store closes it. */
  interface View extends AutoCloseable {
    /** Returns a cursor over them, from the first one on that is not below {@code from}. */
    Cursor scan(Bytes from);

    /** Lets go of the moment; its cursors are closed before that. */
    @Override
    void close();
  }

  /** Makes the stores of the tasks of one worker, which share memory and threads. */
  interface Factory extends AutoCloseable {
    /** Makes a store, on first use of it a folder of this name. */
    StateStore open(String name);

    @Override
    void close();
  }
}
