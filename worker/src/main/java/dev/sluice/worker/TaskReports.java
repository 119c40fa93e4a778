package dev.sluice.worker;

import dev.sluice.worker.protocol.Failure;
import dev.sluice.worker.protocol.FromWorker;
import dev.sluice.worker.protocol.JobId;
import dev.sluice.worker.protocol.TaskId;
import dev.sluice.worker.protocol.WorkerEvent;
import dev.sluice.worker.task.TaskListener;
import dev.sluice.worker.world.Network;

/** Turns what a task reports in its own thread into messages to its worker and the coordinator. */
record TaskReports(JobId job, int attempt, Network network, String worker, String coordinator)
    implements TaskListener {

  @Override
  public void finished(TaskId task, Counters counters) {
    network.send(worker, new TaskEvent.Finished(job, task, counters));
  }

  @Override
  public void failed(TaskId task, Failure failure) {
    network.send(worker, new TaskEvent.Failed(job, task, failure));
  }

  @Override
  public void ended(TaskId task) {
    network.send(worker, new TaskEvent.Ended(job, task));
  }

  @Override
  public void quiet(TaskId task, long round, Counters counters) {
    network.send(worker, new TaskEvent.Quiet(job, task, round, counters));
  }

  @Override
  public void quiescenceWanted(TaskId task) {
    tell(new WorkerEvent.QuiescenceWanted(job, task));
  }

  @Override
  public void clockMoved(long nowMs) {
    tell(new WorkerEvent.ClockMoved(job, nowMs));
  }

  @Override
  public void checkpointAcknowledged(TaskId task, long checkpoint) {
    network.send(worker, new TaskEvent.CheckpointAcknowledged(job, task, checkpoint));
  }

  @Override
  public void checkpointReleased(TaskId task, long checkpoint) {
    network.send(worker, new TaskEvent.CheckpointReleased(job, task, checkpoint));
  }

  private void tell(WorkerEvent event) {
    network.send(coordinator, new FromWorker(worker, attempt, event));
  }
}
