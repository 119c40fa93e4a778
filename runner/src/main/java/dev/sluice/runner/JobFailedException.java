package dev.sluice.runner;

import dev.sluice.worker.protocol.Failure;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;

/**
 * A job has failed; says where, in the user's names.
 *
 * <p>The cause is the user's own exception where user code threw it.
 */
public final class JobFailedException extends PipelineExecutionException {
  private static final long serialVersionUID = 1L;

  private final Failure failure;

  JobFailedException(Failure failure) {
    super(failure.cause());
    this.failure = failure;
  }

  /** What went wrong, and whose fault it is. */
  public Failure failure() {
    return failure;
  }

  @Override
  public String getMessage() {
    return failure.transform().isEmpty()
        ? "%s failed: %s".formatted(failure.where(), failure.cause())
        : "transform '%s' failed: %s".formatted(failure.transform(), failure.cause());
  }
}
