package dev.sluice.state.checkpoint;

import java.time.Instant;

/**
 * Who holds the claim to a job's checkpoints.
 *
 * @param host the machine
 * @param pid the process there
 * @param sinceMs since when, in milliseconds of the epoch
 */
public record Holder(String host, long pid, long sinceMs) {
  /** Whether both are the same process. */
  boolean isProcessOf(Holder other) {
    return host.equals(other.host) && pid == other.pid;
  }

  @Override
  public String toString() {
    return "process %d on %s (since %s)".formatted(pid, host, Instant.ofEpochMilli(sinceMs));
  }
}
