package dev.sluice.protocol;

/**
 * A worker is alive; it says so every {@link #INTERVAL_MS}, whether it has jobs or not.
 *
 * @param worker the address that it registered with
 */
public record Heartbeat(String worker) implements Content {
  /** How long a worker waits from one to the next. */
  public static final long INTERVAL_MS = 1_000;
}
