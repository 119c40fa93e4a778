package dev.sluice.state.checkpoint;

import dev.sluice.state.storage.SegmentRef;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a checkpoint or a savepoint consists of: written last, as JSON. Immutable.
 *
 * @param format the version of this record and of what it names
 * @param jobName the job's name
 * @param checkpoint its number, greater than those before it under this name
 * @param timeMs when it was taken, in milliseconds of the epoch
 * @param parallelism how many tasks a stage had that may have many
 * @param keyGroups how many key groups there are; never changes for a job
 * @param jobClockMs where the job's clock stood
 * @param draining whether the job was draining, which it continues to do when it resumes
 * @param signature what the state belongs to
 * @param splits the splits of each source, by the full name of its transform
 * @param tasks what each task had saved
 * @param metrics what user code had counted, as Beam's MonitoringInfos
 * @param renamed new names by old ones that the job has adopted already, which it must not apply
 *     again
 */
@SuppressWarnings("ArrayRecordComponent") // written as it is, never compared
public record Manifest(
    int format,
    String jobName,
    long checkpoint,
    long timeMs,
    int parallelism,
    int keyGroups,
    long jobClockMs,
    boolean draining,
    List<TransformSignature> signature,
    SortedMap<String, List<Split>> splits,
    List<Task> tasks,
    byte[] metrics,
    SortedMap<String, String> renamed) {
  /** The version that is written. */
  public static final int FORMAT = 1;

  public Manifest {
    signature = List.copyOf(signature);
    splits = Collections.unmodifiableSortedMap(new TreeMap<>(splits));
    tasks = List.copyOf(tasks);
    // Not there in the first manifests.
    renamed =
        renamed == null
            ? Collections.emptySortedMap()
            : Collections.unmodifiableSortedMap(new TreeMap<>(renamed));
  }

  /**
   * One split of a source.
   *
   * @param number which one
   * @param count how many there are
   * @param source Java-serialized
   */
  @SuppressWarnings("ArrayRecordComponent") // written as it is, never compared
  public record Split(int number, int count, byte[] source) {}

  /**
   * What one task had saved.
   *
   * @param transforms the full names of the transforms of its stage
   * @param index which of the stage's tasks it was
   * @param tasks how many the stage had
   * @param segments its state, in the order in which they are to be applied
   */
  public record Task(List<String> transforms, int index, int tasks, List<SegmentRef> segments) {
    public Task {
      transforms = List.copyOf(transforms);
      segments = List.copyOf(segments);
    }
  }

  /**
   * A transform that has state.
   *
   * @param name its full name
   * @param keyCoder the coder of its keys; empty if it has none
   * @param windowing its windowing
   * @param states the coder of each state, by id
   * @param numbered if a part of the name was made by adding a number to one that was taken: a
   *     digest of what all transforms were whose names are alike but for the number; else empty
   */
  public record TransformSignature(
      String name,
      String keyCoder,
      String windowing,
      SortedMap<String, String> states,
      String numbered) {
    public TransformSignature {
      states = Collections.unmodifiableSortedMap(new TreeMap<>(states));
      // Not there in the first manifests.
      numbered = numbered == null ? "" : numbered;
    }
  }

  /** Returns the same with other tasks. */
  public Manifest withTasks(List<Task> others) {
    return new Manifest(
        format,
        jobName,
        checkpoint,
        timeMs,
        parallelism,
        keyGroups,
        jobClockMs,
        draining,
        signature,
        splits,
        others,
        metrics,
        renamed);
  }

  /** Returns all segments of all tasks. */
  public List<SegmentRef> segments() {
    return tasks.stream().flatMap(task -> task.segments().stream()).toList();
  }

  /** Returns how many bytes the segments have. */
  public long bytes() {
    return segments().stream().mapToLong(SegmentRef::bytes).sum();
  }
}
