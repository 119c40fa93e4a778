package dev.sluice.state.log;

import java.io.IOException;

/**
 * A segment cannot be read as it is: cut off, changed since it was written, exchanged for another
 * file, or written by a newer version. The message names the file, the position and what is wrong.
 */
public final class CorruptSegmentException extends IOException {
  CorruptSegmentException(String file, long position, String what) {
    super("segment " + file + " at byte " + position + ": " + what);
  }
}
