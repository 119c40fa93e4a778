package dev.sluice.state.log;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Where the work of a task's log is done that is not to be done by the task: each lane does what it
 * is given one after the other, in order, on whatever thread.
 *
 * @param blocks compresses, and writes to the scratch disk
 * @param uploads writes to the storage
 * @param merges reads from the storage and writes to it, for long
 */
public record LogLanes(
    Consumer<Runnable> blocks, Consumer<Runnable> uploads, Consumer<Runnable> merges) {
  /**
   * Returns lanes of a task. That of merges is the same for all tasks that submit to the same
   * place: a merge keeps a thread for long, and one at a time leaves the others to uploads.
   *
   * @param submit gives work to the lane of a name
   * @param task names the task
   */
  public static LogLanes of(BiConsumer<String, Runnable> submit, String task) {
    return new LogLanes(
        work -> submit.accept("log/" + task, work),
        work -> submit.accept("upload/" + task, work),
        work -> submit.accept("merge", work));
  }
}
