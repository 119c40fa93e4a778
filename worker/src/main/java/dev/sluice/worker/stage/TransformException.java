package dev.sluice.worker.stage;

/**
 * Something went wrong inside one transform; names it as the user does.
 *
 * <p>The cause is the user's own exception where user code threw it.
 */
public final class TransformException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String transform;

  /**
   * @param transform the full name of the Beam transform
   * @param cause what was thrown
   */
  public TransformException(String transform, Throwable cause) {
    super("transform '" + transform + "' failed: " + cause, cause);
    this.transform = transform;
  }

  /** The full name of the Beam transform. */
  public String transform() {
    return transform;
  }
}
