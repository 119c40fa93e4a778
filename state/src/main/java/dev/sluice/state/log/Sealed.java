package dev.sluice.state.log;

import dev.sluice.state.storage.TaskSnapshot;
import java.io.IOException;

/** What became of the epoch that a checkpoint asked a task to seal. */
public sealed interface Sealed {
  /** The checkpoint that asked. */
  long checkpoint();

  /**
   * All of it is safe in the storage.
   *
   * @param snapshot the task's state as of the end of the epoch
   */
  record Safe(long checkpoint, TaskSnapshot snapshot) implements Sealed {}

  /**
   * It is not safe; nothing is lost, the next seal tries again.
   *
   * @param missingBytes how many bytes wait for the storage
   * @param why what the storage said; its message says what is missing
   */
  record NotSafe(long checkpoint, long missingBytes, IOException why) implements Sealed {}
}
