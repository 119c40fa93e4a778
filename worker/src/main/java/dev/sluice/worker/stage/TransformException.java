package dev.sluice.worker.stage;

import dev.sluice.state.error.Thrown;

/**
 * Something went wrong inside one transform; names it as the user does.
 *
 * <p>The cause is the user's own exception where user code threw it, or stands for it if it cannot
 * be printed: see {@link Thrown#printable}.
 */
public final class TransformException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String transform;
  private volatile OutOfMemoryError outOfMemory;

  /**
   * @param transform the full name of the Beam transform
   * @param cause what was thrown
   */
  public TransformException(String transform, Throwable cause) {
    this(cause instanceof TransformException ? cause : Thrown.printable(cause), transform);
  }

  private TransformException(Throwable printable, String transform) {
    super("transform '" + transform + "' failed: " + printable, printable);
    this.transform = transform;
  }

  private TransformException(String transform) {
    super("transform '" + transform + "' failed: no memory is left", null, false, false);
    this.transform = transform;
  }

  /** One for when there is no memory to make one; it needs a {@link #because}. */
  static TransformException madeBeforehand(String transform) {
    return new TransformException(transform);
  }

  TransformException because(OutOfMemoryError error) {
    outOfMemory = error;
    return this;
  }

  @Override
  public synchronized Throwable getCause() {
    OutOfMemoryError error = outOfMemory;
    return error == null ? super.getCause() : error;
  }

  /** The full name of the Beam transform. */
  public String transform() {
    return transform;
  }
}
