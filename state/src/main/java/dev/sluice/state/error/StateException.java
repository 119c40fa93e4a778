package dev.sluice.state.error;

/**
 * A failure of keeping state: each kind is a subclass that says what is to blame and what to do.
 */
public abstract sealed class StateException extends RuntimeException
    permits KeyCollisionException, SpillException, StateCodingException, StateStoreException {
  StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
