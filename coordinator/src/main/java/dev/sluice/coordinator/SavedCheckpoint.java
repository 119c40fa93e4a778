package dev.sluice.coordinator;

import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SavedTask;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.state.log.TransformNames;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All of a job at one barrier, or what a savepoint holds of it. Immutable.
 *
 * @param id its number in the job that took it
 * @param location where the segments of {@code tasks} are
 * @param own whether they are in the job's own storage
 * @param parallelism how many tasks a stage had that may have many
 * @param splits the splits of each source, by the full name of the Read transform
 * @param tasks what each task had saved
 * @param metrics what user code had counted
 * @param jobClockMs where the job's clock stood, or a little before
 * @param draining whether the job was draining
 * @param names what transforms are called now that were saved under other names; {@code splits} and
 *     {@code tasks} have the new ones
 */
public record SavedCheckpoint(
    long id,
    StorageLocation location,
    boolean own,
    int parallelism,
    Map<String, List<SourceSplit>> splits,
    List<SavedTask> tasks,
    MetricBytes metrics,
    long jobClockMs,
    boolean draining,
    TransformNames names) {
  public SavedCheckpoint {
    splits = Collections.unmodifiableMap(new LinkedHashMap<>(splits));
    tasks = List.copyOf(tasks);
  }

  /** The tasks and their files would fill pages. */
  @Override
  public String toString() {
    return "checkpoint " + id;
  }
}
