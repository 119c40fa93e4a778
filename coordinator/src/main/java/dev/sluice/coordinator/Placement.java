package dev.sluice.coordinator;

import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Stage;
import dev.sluice.worker.protocol.TaskId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which worker runs which tasks of a job. Immutable.
 *
 * <p>Task i of every stage is in slot i, and a slot is never divided between workers, so a FORWARD
 * exchange stays within one. The slots go to the workers in turn.
 *
 * @param tasksByWorker at least one task each, in the order of the slots
 */
record Placement(Map<String, List<TaskId>> tasksByWorker) {

  Placement {
    tasksByWorker = Collections.unmodifiableMap(new LinkedHashMap<>(tasksByWorker));
  }

  /** Nothing anywhere. */
  static Placement none() {
    return new Placement(Map.of());
  }

  /** Spreads the tasks of {@code graph} over {@code workers}. */
  static Placement of(JobGraph graph, int parallelism, List<String> workers) {
    Map<String, List<TaskId>> tasksByWorker = new LinkedHashMap<>();
    for (int slot = 0; slot < parallelism; slot++) {
      String worker = workers.get(slot % workers.size());
      for (Stage stage : graph.stages()) {
        if (slot < tasksOf(stage, parallelism)) {
          tasksByWorker
              .computeIfAbsent(worker, w -> new ArrayList<>())
              .add(new TaskId(stage.id(), slot));
        }
      }
    }
    return new Placement(tasksByWorker);
  }

  private static int tasksOf(Stage stage, int parallelism) {
    return switch (stage.parallelism()) {
      case ONE -> 1;
      case JOB -> parallelism;
    };
  }

  /** The workers that have a task. */
  Set<String> workers() {
    return tasksByWorker.keySet();
  }

  /** All tasks of the job. */
  SortedSet<TaskId> tasks() {
    TreeSet<TaskId> all = new TreeSet<>();
    tasksByWorker.values().forEach(all::addAll);
    return all;
  }

  /** The worker that runs {@code task}. */
  String workerOf(TaskId task) {
    for (Map.Entry<String, List<TaskId>> entry : tasksByWorker.entrySet()) {
      if (entry.getValue().contains(task)) {
        return entry.getKey();
      }
    }
    throw new IllegalArgumentException("task " + task + " is on none of " + tasksByWorker);
  }
}
