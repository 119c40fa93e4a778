package dev.sluice.state.error;

/**
 * A store of state could not be opened, read or written: the disk under it is to blame. The store
 * is of no use afterwards; what it held comes back from the last checkpoint.
 */
public final class StateStoreException extends StateException {
  /** A failure, with what to do about it in the message. */
  public StateStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
