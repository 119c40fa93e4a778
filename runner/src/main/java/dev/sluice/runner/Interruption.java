package dev.sluice.runner;

/**
 * What an interruption becomes where Beam's interfaces do not let it through: the flag, kept, and
 * an exception.
 */
final class Interruption {
  private Interruption() {}

  /** Something that waits. */
  @FunctionalInterface
  interface Waiting<T> {
    T await() throws InterruptedException;
  }

  /** Waits; if interrupted, says what was being done. */
  static <T> T rethrown(Waiting<T> waiting, String doing) {
    try {
      return waiting.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + doing, e);
    }
  }
}
