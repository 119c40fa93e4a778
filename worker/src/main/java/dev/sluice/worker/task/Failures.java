package dev.sluice.worker.task;

import dev.sluice.protocol.Causes;
import dev.sluice.protocol.FailureKind;
import dev.sluice.state.error.SpillException;
import dev.sluice.state.error.StateCodingException;
import dev.sluice.state.error.StateStoreException;
import dev.sluice.state.error.Thrown;
import dev.sluice.state.log.CorruptSegmentException;
import dev.sluice.worker.stage.TransformException;
import java.io.EOFException;
import java.nio.file.NoSuchFileException;
import org.apache.beam.sdk.util.UserCodeException;

/**
 * Says of any throwable whose fault it is; one function, pure but for the stack traces of what user
 * code threw, which it shortens.
 */
public final class Failures {
  private Failures() {}

  /**
   * The failure that {@code given} means.
   *
   * @param given what was thrown, by the engine or by anybody's code
   * @param where the task it was thrown in
   */
  public static TaskFailure of(Throwable given, String where) {
    Throwable thrown = Thrown.printable(given);
    String transform = "";
    Throwable cause = thrown;
    for (Throwable t : Causes.of(thrown)) {
      if (t instanceof TransformException named) {
        transform = named.transform();
        cause = named.getCause();
      } else if (t instanceof RestoreException) {
        return new TaskFailure(restoreKind(t.getCause()), "", where, t.getCause());
      } else if (t instanceof SpillException || t instanceof StateStoreException) {
        return new TaskFailure(FailureKind.DISK, transform, where, t);
      }
    }
    // Values are also encoded behind a barrier, where no transform is at work; the message names
    // it.
    boolean named = !transform.isEmpty() || thrown instanceof StateCodingException;
    while (cause instanceof UserCodeException && cause.getCause() != null) {
      named = true;
      cause = cause.getCause();
    }
    if (!named) {
      return new TaskFailure(FailureKind.ENGINE_BUG, transform, where, explained(cause));
    }
    UserStackTraces.shorten(cause);
    return new TaskFailure(FailureKind.USER_CODE, transform, where, explained(cause));
  }

  /** An overflow of the stack says nothing by itself, neither what it is nor what helps. */
  private static Throwable explained(Throwable cause) {
    if (!(cause instanceof StackOverflowError) || cause.getMessage() != null) {
      return cause;
    }
    StackOverflowError explained =
        new StackOverflowError(
            "calls are nested too deeply for the stack of the thread; end the recursion, or give"
                + " all threads a larger stack by the JVM's option -Xss, such as -Xss16m");
    explained.setStackTrace(cause.getStackTrace());
    return explained;
  }

  /** A file that is not there, or not what was written; or a storage that is away for now. */
  private static FailureKind restoreKind(Throwable cause) {
    return cause instanceof CorruptSegmentException
            || cause instanceof NoSuchFileException
            || cause instanceof EOFException
        ? FailureKind.CORRUPT_CHECKPOINT
        : FailureKind.DISK;
  }
}
