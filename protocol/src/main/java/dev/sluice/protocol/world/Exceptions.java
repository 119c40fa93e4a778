package dev.sluice.protocol.world;

/**
 * Where what was thrown is kept for a client in the same process, beside the {@link
 * dev.sluice.protocol.Failure} that reports it: so a test, or a program, gets the very object as
 * the cause. Handed in; any thread.
 */
@FunctionalInterface
public interface Exceptions {
  /** Keeps nothing: the client is another process, and opens the bytes of the report. */
  Exceptions NOT_KEPT = thrown -> 0;

  /** Keeps {@code thrown}; the number under which it is found, 0 if it is not kept. */
  long keep(Throwable thrown);
}
