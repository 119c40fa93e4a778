package dev.sluice.worker.task;

import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.world.Clock;
import dev.sluice.worker.world.JobClock;
import java.util.function.Consumer;

/**
 * What a task is and whom it answers to.
 *
 * @param id which task of its job
 * @param name for people, such as {@code job-7/s3/1}
 * @param clock for how long a bundle has been open
 * @param jobClock the job's processing time
 * @param jobClockRuns whether the job's clock moves by itself, at the speed of {@code clock}
 * @param events takes what becomes of the task
 */
public record TaskSpec(
    TaskId id,
    String name,
    Clock clock,
    JobClock jobClock,
    boolean jobClockRuns,
    Consumer<TaskEvent> events) {

  /** Tells the worker. */
  void tell(TaskEvent event) {
    events.accept(event);
  }
}
