package dev.sluice.state.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A scratch file: written at its end by one thread, read anywhere by many. */
public interface DiskFile {
  /** Writes all remaining bytes of the buffer at the end of the file. */
  void append(ByteBuffer bytes) throws IOException;

  /**
   * Fills the buffer with the bytes from the position on.
   *
   * @throws java.io.EOFException if the file ends before the buffer is full
   */
  void read(long position, ByteBuffer into) throws IOException;

  /** Closes and deletes the file. */
  void delete() throws IOException;

  /** Returns where the file is, for messages. */
  String location();
}
