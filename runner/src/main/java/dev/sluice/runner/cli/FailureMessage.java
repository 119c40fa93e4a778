package dev.sluice.runner.cli;

import dev.sluice.runner.JobFailedException;
import dev.sluice.worker.stage.TransformException;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutionException;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.util.UserCodeException;

/**
 * What went wrong, in the few lines that the person at the terminal needs: the transform, the
 * innermost cause, and the line of their own code that threw it.
 */
final class FailureMessage {
  private FailureMessage() {}

  /** The message for {@code failure}. */
  static String of(Throwable failure) {
    Throwable cause = failure;
    String transform = null;
    while (true) {
      if (cause instanceof JobFailedException job && !job.failure().transform().isEmpty()) {
        transform = job.failure().transform();
      } else if (cause instanceof TransformException named) {
        transform = named.transform();
      }
      if (cause.getCause() == null || !isWrapping(cause)) {
        break;
      }
      cause = cause.getCause();
    }
    StringBuilder message = new StringBuilder();
    if (transform != null) {
      message.append("transform '").append(transform).append("' failed: ");
    }
    message.append(say(cause));
    for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
      if (next.getMessage() != null && message.indexOf(next.getMessage()) >= 0) {
        continue; // nothing new
      }
      message.append(System.lineSeparator()).append("  because of ").append(say(next));
    }
    StackTraceElement place = placeInUserCode(cause, transform != null);
    if (place != null) {
      message.append(System.lineSeparator()).append("  at ").append(text(place));
    }
    return message.toString();
  }

  /** Whether the runner complains about one of its options, which it names. */
  static boolean namesAnOption(Throwable failure) {
    return failure instanceof IllegalArgumentException
        && failure.getMessage() != null
        && failure.getMessage().startsWith("option --");
  }

  private static boolean isWrapping(Throwable failure) {
    return failure instanceof PipelineExecutionException
        || failure instanceof UserCodeException
        || failure instanceof TransformException
        || failure instanceof ExecutionException
        || failure instanceof InvocationTargetException
        || (failure instanceof RuntimeException
            && failure.getMessage() != null
            && failure.getMessage().equals(String.valueOf(failure.getCause())));
  }

  private static String say(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getName()
        : failure.getClass().getSimpleName() + ": " + message.strip();
  }

  /** Without the name of the class loader, which tells a user nothing. */
  private static String text(StackTraceElement place) {
    return "%s.%s(%s:%d)"
        .formatted(
            place.getClassName(),
            place.getMethodName(),
            place.getFileName(),
            place.getLineNumber());
  }

  /** The innermost line of the user's own code, or null if none has part in it. */
  private static StackTraceElement placeInUserCode(Throwable failure, boolean inTransform) {
    for (StackTraceElement frame : failure.getStackTrace()) {
      boolean possible = inTransform || UserProgram.LOADER_NAME.equals(frame.getClassLoaderName());
      if (possible && !isLibrary(frame.getClassName())) {
        return frame;
      }
    }
    return null;
  }

  private static boolean isLibrary(String className) {
    return className.startsWith("java.")
        || className.startsWith("jdk.")
        || className.startsWith("sun.")
        || className.startsWith("org.apache.")
        || className.startsWith("com.fasterxml.")
        || (className.startsWith("dev.sluice.") && !className.startsWith("dev.sluice.examples."));
  }
}
