package dev.sluice.protocol;

import dev.sluice.state.log.TransformNames;
import java.util.List;

/**
 * The checkpoint or savepoint that an attempt begins with, as far as one worker needs it.
 *
 * @param checkpoint its number in the job that wrote it
 * @param location where its segments are
 * @param own whether the segments are the job's own: a task with the transforms, the index and the
 *     number of tasks of a saved one may then keep its segments; otherwise, and for every other
 *     task, what is taken over is written again
 * @param tasks what the tasks had saved whose stages the worker runs a task of
 * @param jobClockMs where the job's clock stood; of meaning only for a clock that is moved by hand
 * @param names what transforms are called now that were saved under other names; {@code tasks} have
 *     the new ones
 */
public record RestorePoint(
    long checkpoint,
    StorageLocation location,
    boolean own,
    List<SavedTask> tasks,
    long jobClockMs,
    TransformNames names) {
  public RestorePoint {
    tasks = List.copyOf(tasks);
  }
}
