package dev.sluice.worker.task;

import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.state.error.Thrown;

/**
 * Why a task failed, with what was thrown: as it is known within the worker, before it is reported.
 *
 * @param kind whose fault it is and what the engine does about it
 * @param transform full name of the transform, or the empty string if none is to blame
 * @param where the task, such as {@code job-7/s3/1}
 * @param cause what was thrown: the user's own exception where user code threw it
 */
public record TaskFailure(FailureKind kind, String transform, String where, Throwable cause) {

  /**
   * A failure is logged, reported and wrapped: what cannot be printed has a stand-in from here on.
   */
  public TaskFailure {
    cause = Thrown.printable(cause);
  }

  /** What the coordinator and the client learn of it. */
  public Failure report(Exceptions exceptions) {
    return Failure.of(kind, transform, where, cause, exceptions);
  }
}
