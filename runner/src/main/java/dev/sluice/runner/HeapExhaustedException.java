package dev.sluice.runner;

/**
 * The heap of this process is exhausted; says who was at work.
 *
 * <p>Its stack trace is that of the allocation that failed, and its cause the error, if one did.
 */
public final class HeapExhaustedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HeapExhaustedException(long heapBytes, String where, String how, Throwable outOfMemory) {
    super(
        "the heap of this process (%d MB) is exhausted, so all of its jobs end: %s %s"
            .formatted(heapBytes >> 20, where, how),
        outOfMemory);
    if (outOfMemory != null) {
      setStackTrace(outOfMemory.getStackTrace());
    }
  }
}
