package dev.sluice.state.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A folder of a file system with the promises that a file system really makes: what was written is
 * safe from a crash after {@link #force}, and a name after {@link #forceNames}; until then a crash
 * may take any part of it.
 *
 * <p>Names are relative, with {@code /} between their parts; folders come and go with their files.
 * Any thread calls it, and it may block. {@link LocalFolder} is a real one; a simulation forgets at
 * a crash what it may.
 */
public interface Folder {
  /** Begins a file, or empties the one that is there. */
  OutputStream create(String name) throws IOException;

  /** Makes the content of a file safe. */
  void force(String name) throws IOException;

  /** Gives a file another name, in the place of a file that has it; atomic. */
  void rename(String from, String to) throws IOException;

  /** Makes the names of all files in the folder of this one safe. */
  void forceNames(String name) throws IOException;

  /**
   * Reads a file from a position on.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  InputStream open(String name, long position) throws IOException;

  /**
   * Returns the size of a file in bytes.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  long size(String name) throws IOException;

  /** Returns the names of all files that begin with {@code prefix}, sorted. */
  List<String> list(String prefix) throws IOException;

  /** Deletes a file; nothing happens if there is none. */
  void delete(String name) throws IOException;

  /** Does something while no other process, and nobody in this one, does it under this name. */
  <T> T exclusively(String name, Action<T> action) throws IOException;

  /**
   * Holds a name until it is closed or this process ends, however it ends.
   *
   * @return empty if another process, or another one in this process, holds it
   */
  Optional<AutoCloseable> hold(String name) throws IOException;

  /** Returns where this is, for messages. */
  String location();

  /** What is done by one at a time. */
  @FunctionalInterface
  interface Action<T> {
    /** Does it. */
    T run() throws IOException;
  }
}
