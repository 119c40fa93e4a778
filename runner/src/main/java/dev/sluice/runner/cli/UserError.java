package dev.sluice.runner.cli;

/**
 * Something the person at the terminal can put right; its message is all they need to see.
 *
 * <p>The first line says what is wrong and names the option or the transform; further lines say
 * what to do. Never printed with a stack trace unless {@code --verbose} is given.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error without another one behind it. */
  public UserError(String message) {
    super(message);
  }

  /** An error that another one led to. */
  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
