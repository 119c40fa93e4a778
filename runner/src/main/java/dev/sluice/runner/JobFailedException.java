package dev.sluice.runner;

import dev.sluice.protocol.Failure;
import java.util.Arrays;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;

/**
 * A job has failed; its message says what happened, to which transform, in which line of the user's
 * code, and what to do where that is known.
 *
 * <p>The cause is the user's own exception where user code threw it. The stack trace begins with
 * the user's call that waited for the job.
 */
public final class JobFailedException extends PipelineExecutionException {
  private static final long serialVersionUID = 1L;

  private final Failure failure;

  JobFailedException(Failure failure, Throwable cause) {
    super(cause);
    this.failure = failure;
    StackTraceElement[] frames = getStackTrace();
    int ours = 0;
    while (ours < frames.length && isOurs(frames[ours].getClassName())) {
      ours++;
    }
    setStackTrace(Arrays.copyOfRange(frames, ours, frames.length));
  }

  private static boolean isOurs(String className) {
    return className.equals(SluicePipelineResult.class.getName())
        || className.equals(JobWatch.class.getName())
        || className.equals(TestSluiceRunner.class.getName());
  }

  /** What went wrong, and whose fault it is. */
  public Failure failure() {
    return failure;
  }

  @Override
  public String getMessage() {
    return FailureMessage.of(failure, getCause());
  }
}
