package dev.sluice.validatesrunner;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * What became of one test in one mode. Immutable.
 *
 * @param cause the innermost cause in one line, empty unless failed or hung
 * @param detail the whole stack trace, or the thread dump of a hanging test
 */
record Outcome(BeamTest test, Mode mode, Status status, long millis, String cause, String detail) {

  /** The ways a test can end. */
  enum Status {
    PASSED,
    FAILED,
    /** It did not end within its time limit; counted as failed. */
    HUNG,
    /** Beam itself ignores it. */
    IGNORED
  }

  private static final int LONGEST_CAUSE = 300;

  static Outcome passed(BeamTest test, Mode mode, long millis) {
    return new Outcome(test, mode, Status.PASSED, millis, "", "");
  }

  static Outcome ignored(BeamTest test, Mode mode) {
    return new Outcome(test, mode, Status.IGNORED, 0, "", "");
  }

  static Outcome failed(BeamTest test, Mode mode, long millis, Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    return new Outcome(test, mode, Status.FAILED, millis, causeOf(failure), trace.toString());
  }

  boolean isFailure() {
    return status == Status.FAILED || status == Status.HUNG;
  }

  private static String causeOf(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable root = failure;
    while (root.getCause() != null && seen.add(root)) {
      root = root.getCause();
    }
    String line = root.toString().strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST_CAUSE ? line : line.substring(0, LONGEST_CAUSE) + "...";
  }
}
