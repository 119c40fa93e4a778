package dev.sluice.worker;

import dev.sluice.protocol.RestorePoint;
import dev.sluice.protocol.SavedTask;
import dev.sluice.state.storage.CheckpointFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tasks that had saved something in the checkpoint which an attempt begins with, by the names
 * of their transforms.
 *
 * <p>Immutable; made once for an attempt, so that each of its tasks finds what was its own without
 * a look at what all others had.
 */
final class SavedTasks {
  private final Optional<RestorePoint> point;
  private final Optional<CheckpointFiles> files;
  private final Map<String, List<Integer>> positions = new HashMap<>();

  private SavedTasks(Optional<RestorePoint> point, Optional<CheckpointFiles> files) {
    this.point = point;
    this.files = files;
    List<SavedTask> all = point.map(RestorePoint::tasks).orElse(List.of());
    for (int i = 0; i < all.size(); i++) {
      for (String transform : all.get(i).transforms()) {
        positions.computeIfAbsent(transform, name -> new ArrayList<>()).add(i);
      }
    }
  }

  /** Nothing was saved. */
  static SavedTasks none() {
    return new SavedTasks(Optional.empty(), Optional.empty());
  }

  /** What a checkpoint has, whose segments are in {@code files}. */
  static SavedTasks of(RestorePoint point, CheckpointFiles files) {
    return new SavedTasks(Optional.of(point), Optional.of(files));
  }

  /** The checkpoint, if there is one. */
  Optional<RestorePoint> point() {
    return point;
  }

  /** Where its segments are. */
  CheckpointFiles files() {
    return files.orElseThrow();
  }

  /** The tasks that ran any of these transforms, in the order of the checkpoint. */
  List<SavedTask> of(Set<String> transforms) {
    Set<Integer> found = new TreeSet<>();
    transforms.forEach(name -> found.addAll(positions.getOrDefault(name, List.of())));
    return found.stream().map(position -> point.orElseThrow().tasks().get(position)).toList();
  }
}
