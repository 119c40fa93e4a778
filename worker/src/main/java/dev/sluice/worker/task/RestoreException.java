package dev.sluice.worker.task;

import java.io.IOException;

/** What a task had saved could not be read; the cause says of which file, and what is wrong. */
public final class RestoreException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public RestoreException(IOException cause) {
    super("the saved state cannot be read: " + cause.getMessage(), cause);
  }
}
