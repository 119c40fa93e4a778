package dev.sluice.state.error;

/** A scratch file could not be made, written or read: the disk is to blame. */
public final class SpillException extends StateException {
  /** A failure, with the file in the message. */
  public SpillException(String message, Throwable cause) {
    super(message, cause);
  }
}
