package dev.sluice.state.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The files of the checkpoints of one storage: a folder, a bucket, or memory in a simulation.
 *
 * <p>Names are relative, with {@code /} between their parts. Any thread calls it, and it may block.
 * A file that was made is never changed; only what {@link #compareAndSet} writes is.
 */
public interface CheckpointFiles extends AutoCloseable {
  /**
   * Begins a file. It is there, whole and safe from a crash, once its stream was closed without an
   * exception; a stream that is not closed, or fails, leaves no file of this name.
   */
  NewFile create(String name) throws IOException;

  /**
   * Reads a file from a position on.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  InputStream open(String name, long position) throws IOException;

  /** Returns the number of bytes of a file, as {@link #open} finds them. */
  long size(String name) throws IOException;

  /** Returns the names of all files that begin with {@code prefix}, sorted. */
  List<String> list(String prefix) throws IOException;

  /** Deletes a file; nothing happens if there is none. */
  void delete(String name) throws IOException;

  /** Returns what stands under a name that {@link #compareAndSet} writes, if anything does. */
  Optional<byte[]> read(String name) throws IOException;

  /**
   * Writes what stands under a name, if just {@code expected} stands there now (nothing at all, if
   * that is empty). Atomic among all processes that use the storage.
   *
   * @return false if something else stands there
   */
  boolean compareAndSet(String name, Optional<byte[]> expected, byte[] content) throws IOException;

  /**
   * Holds a name for this process until it is closed or the process ends, however it ends. A
   * storage that cannot know when a process ends lets everybody hold everything: whoever comes
   * later takes over, and {@link #compareAndSet} tells the one before.
   *
   * @return empty if somebody else holds it
   */
  Optional<AutoCloseable> hold(String name) throws IOException;

  /** Returns where this is, for messages. */
  String location();

  @Override
  void close() throws IOException;
}
