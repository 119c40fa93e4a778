package dev.sluice.protocol;

import java.io.Serializable;

/**
 * What the coordinator needs to know of a job's options.
 *
 * @param parallelism how many tasks a stage has that may have many; at least 1
 * @param checkpoints when checkpoints are taken, and what happens if they fail
 * @param restartAttempts how often one transform may fail without a stored checkpoint in between
 *     before the job does; at least 1
 */
public record JobSettings(int parallelism, Checkpoints checkpoints, int restartAttempts)
    implements Serializable {
  private static final long CHECKPOINT_TIMEOUT_MS = 600_000;
  private static final int TOLERATED_FAILURES = 10;
  private static final int RESTART_ATTEMPTS = 3;

  /**
   * When checkpoints are taken.
   *
   * @param intervalMs from the end of one periodic checkpoint to the start of the next; 0 if there
   *     are none
   * @param timeoutMs after which one that is not complete is abandoned
   * @param toleratedFailures how many in a row may fail; with one more the job does
   */
  public record Checkpoints(long intervalMs, long timeoutMs, int toleratedFailures)
      implements Serializable {
    public Checkpoints {
      check(intervalMs >= 0, "checkpointIntervalMs must not be negative, but is %d", intervalMs);
      check(timeoutMs > 0, "checkpointTimeoutMs must be greater than 0, but is %d", timeoutMs);
      check(
          toleratedFailures >= 0,
          "toleratedCheckpointFailures must not be negative, but is %d",
          toleratedFailures);
    }
  }

  public JobSettings {
    check(parallelism >= 1, "parallelism must be at least 1, not %d", parallelism);
    check(restartAttempts >= 1, "restartAttempts must be at least 1, not %d", restartAttempts);
  }

  /** With the limits that are right for most. */
  public static JobSettings of(int parallelism, long checkpointIntervalMs) {
    return new JobSettings(
        parallelism,
        new Checkpoints(checkpointIntervalMs, CHECKPOINT_TIMEOUT_MS, TOLERATED_FAILURES),
        RESTART_ATTEMPTS);
  }

  private static void check(boolean holds, String message, long value) {
    if (!holds) {
      throw new IllegalArgumentException(message.formatted(value));
    }
  }
}
