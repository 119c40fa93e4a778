package dev.sluice.coordinator;

import dev.sluice.protocol.TaskId;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Stage;
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
 * <p>All tasks of a job are on one worker: exchanges do not reach from one process into another.
 *
 * @param tasksByWorker at least one task each, in the order of their index
 */
record Placement(Map<String, List<TaskId>> tasksByWorker) {

  Placement {
    tasksByWorker = Collections.unmodifiableMap(new LinkedHashMap<>(tasksByWorker));
  }

  /** Nothing anywhere. */
  static Placement none() {
    return new Placement(Map.of());
  }

  /** Puts the tasks of {@code graph} on {@code worker}. */
  static Placement of(JobGraph graph, int parallelism, String worker) {
    List<TaskId> tasks = new ArrayList<>();
    for (int index = 0; index < parallelism; index++) {
      for (Stage stage : graph.stages()) {
        if (index < tasksOf(stage, parallelism)) {
          tasks.add(new TaskId(stage.id(), index));
        }
      }
    }
    return new Placement(Map.of(worker, tasks));
  }

  /** How many tasks a stage of a job has. */
  static int tasksOf(Stage stage, JobSpec job) {
    return tasksOf(stage, job.settings().parallelism());
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
