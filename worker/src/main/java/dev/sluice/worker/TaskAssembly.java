package dev.sluice.worker;

import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.worker.body.BodyFactory;
import dev.sluice.worker.task.Failures;
import dev.sluice.worker.task.RestoreException;
import dev.sluice.worker.task.Task;
import dev.sluice.worker.task.TaskEvent;
import dev.sluice.worker.task.TaskFailure;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/**
 * Builds the tasks of one attempt of a job: {@link BackgroundWork}, as it takes longer the more
 * transforms there are, and reads what the user has serialized.
 *
 * <p>Owned by the thread that steps it; when that has ended, what it has built belongs to the
 * worker's loop. Always true: either all tasks are built, or there is a failure, or it was asked to
 * stop.
 */
final class TaskAssembly implements BackgroundWork.Work {
  private static final int TASKS_PER_STEP = 16;

  private final WorkerCommand.Deploy deploy;
  private final JobResources resources;
  private final Consumer<TaskEvent> events;
  private final BodyFactory bodies;
  private final Iterator<TaskId> left;
  private final Map<TaskId, Task> tasks = new LinkedHashMap<>();
  private final List<MetricsContainerStepMap> metrics = new ArrayList<>();
  private TaskBuilder builder;
  private TaskFailure failure;
  private volatile boolean stopRequested;

  /**
   * @param events takes what the tasks will report
   */
  TaskAssembly(
      WorkerCommand.Deploy deploy,
      JobResources resources,
      Consumer<TaskEvent> events,
      BodyFactory bodies) {
    this.deploy = deploy;
    this.resources = resources;
    this.events = events;
    this.bodies = bodies;
    this.left = deploy.tasks().iterator();
  }

  /** What it has built, in the order of the command; to be asked when its thread has ended. */
  Map<TaskId, Task> tasks() {
    return tasks;
  }

  /** Where the steps of each task count; to be asked when its thread has ended. */
  List<MetricsContainerStepMap> metrics() {
    return metrics;
  }

  /** Why a task could not be built; to be asked when its thread has ended. */
  Optional<TaskFailure> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public void stop() {
    stopRequested = true;
  }

  @Override
  public boolean step() throws RestoreException {
    if (builder == null) {
      builder = new TaskBuilder(deploy, resources, events, bodies);
    }
    for (int built = 0; left.hasNext() && !stopRequested; built++) {
      if (built == TASKS_PER_STEP) {
        return true;
      }
      build(left.next());
    }
    return false;
  }

  @Override
  public void failed(Throwable thrown) {
    failure = Failures.of(thrown, deploy.job().value());
  }

  private void build(TaskId id) {
    MetricsContainerStepMap ofTask = new MetricsContainerStepMap();
    metrics.add(ofTask);
    tasks.put(id, builder.build(id, ofTask, tasks));
  }
}
