package dev.sluice.worker;

import dev.sluice.worker.protocol.Failure;
import dev.sluice.worker.protocol.TaskId;
import dev.sluice.worker.protocol.WorkerCommand;
import dev.sluice.worker.task.Failures;
import dev.sluice.worker.task.Task;
import dev.sluice.worker.task.TaskListener;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/**
 * Builds the tasks of one attempt of a job.
 *
 * <p>Stepped like a task, because it takes as long as there are transforms and reads what the user
 * has serialized, while the worker's loop has to tell that the worker is alive. Owned by the thread
 * that steps it; when that has ended, what it has built belongs to the worker's loop. Always true:
 * either all tasks are built, or there is a failure, or it was told to stop.
 */
final class TaskAssembly implements TaskRunner.Steppable {
  private static final int TASKS_PER_STEP = 16;

  private final WorkerCommand.Deploy deploy;
  private final JobResources resources;
  private final TaskListener listener;
  private final Runnable whenEnded;
  private final Iterator<TaskId> left;
  private final Map<TaskId, Task> tasks = new LinkedHashMap<>();
  private final List<MetricsContainerStepMap> metrics = new ArrayList<>();
  private TaskBuilder builder;
  private Failure failure;
  private TaskRunner.Handle handle;
  private volatile boolean stopRequested;

  /**
   * @param listener what the tasks will report to
   * @param whenEnded runs as the last thing in the thread that builds
   */
  TaskAssembly(
      WorkerCommand.Deploy deploy,
      JobResources resources,
      TaskListener listener,
      Runnable whenEnded) {
    this.deploy = deploy;
    this.resources = resources;
    this.listener = listener;
    this.whenEnded = whenEnded;
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
  Optional<Failure> failure() {
    return Optional.ofNullable(failure);
  }

  /** Ends it before the next task, and interrupts user code that blocks. */
  void stop() {
    stopRequested = true;
    handle.interrupt();
  }

  @Override
  public void started(TaskRunner.Handle newHandle) {
    handle = newHandle;
  }

  @Override
  public Step step() {
    try {
      if (builder == null) {
        builder = new TaskBuilder(deploy, resources, listener);
      }
      for (int built = 0; left.hasNext() && !stopRequested; built++) {
        if (built == TASKS_PER_STEP) {
          return Step.WORKED;
        }
        build(left.next());
      }
    } catch (Throwable e) {
      // An error too: a class of the user's that does not link must not leave the job hanging.
      if (!handle.isHeapExhaustedBy(e)) {
        died(e);
      }
    }
    return Step.FINISHED;
  }

  @Override
  public void died(Throwable escaped) {
    failure = Failures.of(escaped, deploy.job().value());
  }

  @Override
  public void giveUp() {
    stopRequested = true;
  }

  private void build(TaskId id) {
    MetricsContainerStepMap ofTask = new MetricsContainerStepMap();
    metrics.add(ofTask);
    tasks.put(id, builder.build(id, ofTask, tasks));
  }

  @Override
  public int callDepth() {
    return 0;
  }

  @Override
  public long wakeAtNanos() {
    return Long.MAX_VALUE;
  }

  @Override
  public void ended() {
    whenEnded.run();
  }
}
