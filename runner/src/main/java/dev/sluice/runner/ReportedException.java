package dev.sluice.runner;

import java.io.PrintStream;
import java.io.PrintWriter;

/**
 * What was thrown in another process, as far as it is known here: its text, with the stack trace
 * that it had there.
 */
public final class ReportedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String trace;

  ReportedException(String message, String trace) {
    super(message, null, true, false);
    this.trace = trace;
  }

  @Override
  public void printStackTrace(PrintStream to) {
    to.println(trace.isEmpty() ? this : trace);
  }

  @Override
  public void printStackTrace(PrintWriter to) {
    to.println(trace.isEmpty() ? this : trace);
  }
}
