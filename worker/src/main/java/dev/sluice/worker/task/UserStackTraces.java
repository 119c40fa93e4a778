package dev.sluice.worker.task;

import dev.sluice.protocol.Causes;
import java.util.Arrays;
import java.util.Set;

/**
 * Shortens the stack traces of what user code threw to what its author can read. Below the call
 * into user code are only frames of the engine and of the fused transforms before it, which have no
 * part in the failure. Beam's own wrapper does the same to the outermost exception only.
 *
 * <p>Frames above the user's stay: they tell what the user called.
 */
final class UserStackTraces {
  private static final String INVOKER = "$DoFnInvoker$";
  private static final String ENGINE = "dev.sluice.worker.";

  /** What user code calls back into while it runs, but for those who call it. */
  private static final String CALLED_BY_USERS = ENGINE + "pardo.";

  private static final Set<String> CALLERS =
      Set.of(CALLED_BY_USERS + "UserFn", CALLED_BY_USERS + "ParDoOperator");

  /** Of an endless recursion, a few rounds are enough. */
  private static final int LONGEST_RECURSION = 16;

  private UserStackTraces() {}

  /** Shortens those of {@code thrown} and of all its causes. */
  static void shorten(Throwable thrown) {
    for (Throwable next : Causes.of(thrown)) {
      StackTraceElement[] frames = next.getStackTrace();
      int length = Math.max(1, lengthAboveTheCall(frames));
      if (next instanceof StackOverflowError) {
        length = Math.min(length, LONGEST_RECURSION);
      }
      if (length < frames.length) {
        next.setStackTrace(Arrays.copyOf(frames, length));
      }
    }
  }

  private static int lengthAboveTheCall(StackTraceElement[] frames) {
    int i = 0;
    while (i < frames.length && !callsUserCode(frames[i].getClassName())) {
      i++;
    }
    return i;
  }

  private static boolean callsUserCode(String className) {
    return className.contains(INVOKER)
        || CALLERS.contains(className)
        || (className.startsWith(ENGINE) && !className.startsWith(CALLED_BY_USERS));
  }
}
