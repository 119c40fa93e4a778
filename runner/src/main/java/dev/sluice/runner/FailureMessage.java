package dev.sluice.runner;

import dev.sluice.protocol.Causes;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FailureKind;
import dev.sluice.worker.stage.TransformException;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.util.UserCodeException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What went wrong, in the few lines that a person needs: the transform, the innermost cause, the
 * line of their own code that threw it, and what to do where that is known. Pure functions.
 *
 * <p>It fits on a screen whatever is thrown: messages and causes are cut, and what cannot even be
 * printed is named by its class.
 */
public final class FailureMessage {
  /** Beyond these a message is data, not an explanation. */
  private static final int MOST_LINES = 8;

  private static final int MOST_CHARACTERS = 1_000;
  private static final int MOST_CAUSES = 3;

  private static final String OURS = "dev.sluice.";
  private static final String OUR_EXAMPLES = "dev.sluice.examples.";
  private static final List<String> LIBRARIES =
      List.of(
          "java.",
          "javax.",
          "jdk.",
          "sun.",
          "com.sun.",
          "org.apache.",
          "org.joda.",
          "org.slf4j.",
          "org.hamcrest.",
          "org.junit.",
          "org.rocksdb.",
          "org.xerial.",
          "com.fasterxml.",
          "com.google.",
          "io.grpc.",
          "io.netty.",
          "software.amazon.",
          "picocli.",
          "kotlin.",
          "scala.",
          "groovy.");

  private FailureMessage() {}

  /** The message for whatever a program, or the runner, has thrown. */
  public static String of(Throwable thrown) {
    List<Throwable> chain = Causes.of(thrown);
    String transform = "";
    int i = 0;
    while (true) {
      Throwable next = chain.get(i);
      if (next instanceof JobFailedException job) {
        return of(job.failure(), job.getCause());
      } else if (next instanceof TransformException named) {
        transform = named.transform();
      }
      if (i + 1 == chain.size() || !isWrapping(next)) {
        return message(head(transform, ""), "", chain.subList(i, chain.size()), false);
      }
      i++;
    }
  }

  /** The message for the failure of a job. */
  static String of(Failure failure, Throwable cause) {
    List<Throwable> chain = Causes.of(cause);
    int i = 0;
    while (i + 1 < chain.size() && isWrapping(chain.get(i))) {
      i++;
    }
    FailureKind kind = failure.kind();
    String where = kind == FailureKind.ENGINE_BUG ? failure.where() : "the job";
    return message(
        head(failure.transform(), where),
        kind.cure(),
        chain.subList(i, chain.size()),
        kind.explainsItself());
  }

  private static String head(String transform, String otherwise) {
    if (transform.isEmpty()) {
      return otherwise.isEmpty() ? "" : otherwise + " failed: ";
    }
    return "transform '" + transform + "' failed: ";
  }

  private static String message(
      String head, String cure, List<Throwable> chain, boolean explainsItself) {
    StringBuilder message = new StringBuilder(head);
    Throwable cause = chain.get(0);
    message.append(explainsItself ? limited(text(cause)) : said(cause));
    if (!explainsItself) {
      appendCauses(chain, message);
    }
    StackTraceElement place = placeInUserCode(chain);
    if (place != null) {
      line(message, "  at " + shown(place));
    }
    String advice = cure.isEmpty() ? Advice.on(chain, place != null) : cure;
    if (!advice.isEmpty() && message.indexOf(advice) < 0) {
      line(message, advice);
    }
    return message.toString();
  }

  private static void appendCauses(List<Throwable> chain, StringBuilder message) {
    int shown = 0;
    for (int i = 1; i < chain.size(); i++) {
      String text = text(chain.get(i));
      boolean last = i + 1 == chain.size();
      if (!text.isEmpty() && message.indexOf(limited(text)) >= 0) {
        continue; // nothing new
      }
      if (shown < MOST_CAUSES) {
        line(message, "  because of " + said(chain.get(i)));
        shown++;
      } else if (last) {
        line(message, "  ... because of %s (%,d causes in all)".formatted(said(chain.get(i)), i));
      }
    }
  }

  private static void line(StringBuilder message, String line) {
    message.append(System.lineSeparator()).append(line);
  }

  private static boolean isWrapping(Throwable failure) {
    return failure instanceof PipelineExecutionException
        || failure instanceof UserCodeException
        || failure instanceof TransformException
        || failure instanceof ExecutionException
        || failure instanceof InvocationTargetException
        || (failure instanceof RuntimeException
            && !text(failure).isEmpty()
            && text(failure).equals(printed(failure.getCause())));
  }

  /** Sluice's own exceptions speak in sentences; of others the class is half of the message. */
  private static String said(Throwable failure) {
    String name = failure.getClass().getName();
    String text = limited(text(failure));
    if (text.isEmpty()) {
      return name;
    }
    return name.startsWith(OURS) && !name.startsWith(OUR_EXAMPLES)
        ? text
        : name.substring(name.lastIndexOf('.') + 1).replace('$', '.') + ": " + text;
  }

  /** The message of {@code failure}; empty if it has none, or throws when it is asked. */
  private static String text(Throwable failure) {
    try {
      String text = failure.getMessage();
      return text == null ? "" : text.strip();
    } catch (RuntimeException e) {
      return "";
    }
  }

  private static String printed(Throwable failure) {
    try {
      return failure.toString();
    } catch (RuntimeException e) {
      return "";
    }
  }

  private static String limited(String text) {
    int end = Math.min(text.length(), MOST_CHARACTERS);
    int lines = 0;
    for (int i = 0; i < end; i++) {
      if (text.charAt(i) == '\n' && ++lines == MOST_LINES) {
        end = i;
      }
    }
    return end == text.length()
        ? text
        : "%s ... (%,d characters in all)".formatted(text.substring(0, end), text.length());
  }

  /** Without the name of the class loader, which means nothing to a user. */
  private static String shown(StackTraceElement place) {
    return "%s.%s(%s:%d)"
        .formatted(
            place.getClassName(),
            place.getMethodName(),
            place.getFileName(),
            place.getLineNumber());
  }

  /** The innermost line of the user's own code, or null if none has part in it. */
  private static @Nullable StackTraceElement placeInUserCode(List<Throwable> chain) {
    for (Throwable next : chain) {
      for (StackTraceElement frame : next.getStackTrace()) {
        if (frame.getLineNumber() > 0 && isUsers(frame.getClassName())) {
          return frame;
        }
      }
    }
    return null;
  }

  private static boolean isUsers(String className) {
    return className.startsWith(OURS)
        ? className.startsWith(OUR_EXAMPLES)
        : LIBRARIES.stream().noneMatch(className::startsWith);
  }
}
