package dev.sluice.coordinator;

import dev.sluice.protocol.RestorePoint;
import dev.sluice.protocol.SavedTask;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.TaskId;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The part of a job that one worker is sent: what its tasks may need, for a job may have thousands
 * of splits and saved tasks. Pure functions.
 */
final class Share {
  private final JobSpec spec;

  /** The indices of the tasks by the stage. */
  private final Map<String, Set<Integer>> indices = new TreeMap<>();

  private Share(JobSpec spec, Collection<TaskId> tasks) {
    this.spec = spec;
    tasks.forEach(
        task -> indices.computeIfAbsent(task.stageId(), id -> new HashSet<>()).add(task.index()));
  }

  /** The share of a worker that runs {@code tasks}. */
  static Share of(JobSpec spec, Collection<TaskId> tasks) {
    return new Share(spec, tasks);
  }

  /** Those of {@code all} splits, by the id of the Read transform, that belong to its tasks. */
  Map<String, List<SourceSplit>> splits(Map<String, List<SourceSplit>> all) {
    Map<String, List<SourceSplit>> own = new LinkedHashMap<>();
    for (Stage stage : spec.graph().stages()) {
      Set<Integer> here = indices.get(stage.id());
      if (here != null && stage.root() instanceof Node.Read read) {
        List<SourceSplit> splits = all.get(read.transformId());
        if (splits != null) {
          own.put(read.transformId(), ownedBy(here, Placement.tasksOf(stage, spec), splits));
        }
      }
    }
    return own;
  }

  private static List<SourceSplit> ownedBy(Set<Integer> here, int tasks, List<SourceSplit> splits) {
    return splits.stream()
        .filter(split -> here.contains(KeyGroups.ownerOf(split.group(), tasks)))
        .toList();
  }

  /**
   * The checkpoint to resume from, with what was saved by the tasks of its stages: by all tasks of
   * each, since one of them has the side inputs of all.
   */
  RestorePoint restorePoint(SavedCheckpoint saved) {
    Set<String> transforms = new HashSet<>();
    for (Stage stage : spec.graph().stages()) {
      if (indices.containsKey(stage.id())) {
        stage.nodes().stream()
            .filter(Node::keepsState)
            .forEach(node -> transforms.add(spec.nameOf(node.transformId())));
      }
    }
    List<SavedTask> tasks =
        saved.tasks().stream()
            .filter(task -> task.transforms().stream().anyMatch(transforms::contains))
            .toList();
    return new RestorePoint(
        saved.id(), saved.location(), saved.own(), tasks, saved.jobClockMs(), saved.names());
  }
}
