package dev.sluice.worker.task;

import dev.sluice.worker.protocol.Failure;
import dev.sluice.worker.protocol.FailureKind;
import dev.sluice.worker.stage.TransformException;
import org.apache.beam.sdk.util.UserCodeException;

/** Says of any throwable whose fault it is; one pure function. */
public final class Failures {
  private Failures() {}

  /**
   * The failure that {@code thrown} means.
   *
   * @param where the task it was thrown in
   */
  public static Failure of(Throwable thrown, String where) {
    String transform = "";
    Throwable cause = thrown;
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof TransformException named) {
        transform = named.transform();
        cause = named.getCause();
      }
    }
    boolean named = !transform.isEmpty();
    while (cause instanceof UserCodeException && cause.getCause() != null) {
      named = true;
      cause = cause.getCause();
    }
    return new Failure(
        named ? FailureKind.USER_CODE : FailureKind.ENGINE_BUG, transform, where, cause);
  }
}
