package dev.sluice.state.error;

/**
 * A job's checkpoints, or a savepoint, cannot be used as asked; the message names the place, says
 * what is wrong and what to do.
 */
public class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a message for a person. */
  public CheckpointException(String message) {
    super(message);
  }

  /** With a message for a person, and what lies behind it. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
