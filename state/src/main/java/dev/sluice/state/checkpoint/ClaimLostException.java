package dev.sluice.state.checkpoint;

import dev.sluice.state.error.CheckpointException;

/** Another process has taken the claim to a job's checkpoints; this one can complete none. */
public final class ClaimLostException extends CheckpointException {
  private static final long serialVersionUID = 1;

  ClaimLostException(String message) {
    super(message);
  }
}
