package dev.sluice.state;

/** A scratch file could not be made, written or read: the disk is to blame. */
public final class SpillException extends StateException {
  SpillException(String message, Throwable cause) {
    super(message, cause);
  }
}
