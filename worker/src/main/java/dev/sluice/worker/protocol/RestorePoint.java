package dev.sluice.worker.protocol;

import dev.sluice.state.checkpoint.CheckpointFiles;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The checkpoint or savepoint that an attempt goes on from.
 *
 * @param checkpoint its number in the job that wrote it
 * @param files where its segments are
 * @param own whether the segments are the job's own: a task with the transforms, the index and the
 *     number of tasks of a saved one may then go on with its segments; otherwise, and for every
 *     other task, what is taken over is written again
 * @param tasks what each task had saved
 * @param jobClockMs where the job's clock stood; of meaning only for a clock that is moved by hand
 * @param droppable the full names of the transforms whose saved state is left behind, because this
 *     pipeline has no place for it and its user agreed
 */
public record RestorePoint(
    long checkpoint,
    CheckpointFiles files,
    boolean own,
    List<SavedTask> tasks,
    long jobClockMs,
    Set<String> droppable) {
  public RestorePoint {
    tasks = List.copyOf(tasks);
    droppable = Collections.unmodifiableSet(new TreeSet<>(droppable));
  }
}
