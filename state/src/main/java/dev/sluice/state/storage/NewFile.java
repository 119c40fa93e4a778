package dev.sluice.state.storage;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A file of {@link CheckpointFiles} that is being written.
 *
 * <p>Used by one thread. It is there once {@link #close} has returned, and never after {@link
 * #discard} or a failure.
 */
public abstract class NewFile extends OutputStream {
  /**
   * Gives the file up: what was written of it goes, as far as the storage still answers. Nothing
   * happens if it is closed, or has failed.
   */
  public abstract void discard() throws IOException;
}
