package dev.sluice.coordinator;

import java.io.Serializable;

/**
 * What the coordinator needs to know of a job's options.
 *
 * @param parallelism how many tasks a stage has that may have many; at least 1
 * @param checkpointIntervalMs from the end of one periodic checkpoint to the start of the next; 0
 *     if there are none
 */
public record JobSettings(int parallelism, long checkpointIntervalMs) implements Serializable {
  public JobSettings {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism must be at least 1, not " + parallelism);
    }
    if (checkpointIntervalMs < 0) {
      throw new IllegalArgumentException(
          "checkpointIntervalMs must not be negative, but is " + checkpointIntervalMs);
    }
  }
}
