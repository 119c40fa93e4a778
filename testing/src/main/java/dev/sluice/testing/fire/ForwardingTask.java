package dev.sluice.testing.fire;

import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner.Handle;
import dev.sluice.worker.world.TaskRunner.Steppable;

/**
 * Forwards every call to the task that it decorates. Used by that task's thread, as the task is.
 */
class ForwardingTask implements Steppable {
  private final Steppable task;

  ForwardingTask(Steppable task) {
    this.task = task;
  }

  @Override
  public void started(Handle handle) {
    task.started(handle);
  }

  @Override
  public int callDepth() {
    return task.callDepth();
  }

  @Override
  public Step step() {
    return task.step();
  }

  @Override
  public void giveUp() {
    task.giveUp();
  }

  @Override
  public String transformAtWork() {
    return task.transformAtWork();
  }

  @Override
  public void died(Throwable escaped) {
    task.died(escaped);
  }

  @Override
  public long wakeAtNanos() {
    return task.wakeAtNanos();
  }

  @Override
  public void ended() {
    task.ended();
  }
}
