package dev.sluice.protocol;

import dev.sluice.state.error.Thrown;
import java.io.Serializable;

/**
 * Why a task or a job failed, in terms its user knows.
 *
 * @param kind whose fault it is and what the engine does about it
 * @param transform full name of the transform, or the empty string if none is to blame
 * @param where the task, such as {@code job-7/s3/1}
 * @param cause what was thrown: the user's own exception where user code threw it
 */
public record Failure(FailureKind kind, String transform, String where, Throwable cause)
    implements Serializable {

  /** A failure is logged, told and wrapped: what cannot be printed has a stand-in from here on. */
  public Failure {
    cause = Thrown.printable(cause);
  }
}
