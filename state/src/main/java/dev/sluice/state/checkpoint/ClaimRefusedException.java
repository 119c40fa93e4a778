package dev.sluice.state.checkpoint;

import dev.sluice.state.error.CheckpointException;

/** Another process holds the claim to a job's checkpoints; nothing was changed. */
public final class ClaimRefusedException extends CheckpointException {
  private static final long serialVersionUID = 1;

  ClaimRefusedException(String message) {
    super(message);
  }
}
