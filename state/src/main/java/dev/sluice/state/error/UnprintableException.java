package dev.sluice.state.error;

/** Stands for something thrown that cannot be printed: has its class's name and its stack trace. */
public final class UnprintableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnprintableException(Throwable thrown, String why) {
    super(thrown.getClass().getName() + " (" + why + ")", null, false, true);
    setStackTrace(traceOf(thrown));
  }

  private static StackTraceElement[] traceOf(Throwable thrown) {
    try {
      return thrown.getStackTrace();
    } catch (Throwable e) {
      return new StackTraceElement[0];
    }
  }
}
