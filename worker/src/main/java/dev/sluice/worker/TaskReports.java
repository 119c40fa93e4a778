package dev.sluice.worker;

import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FromWorker;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.protocol.world.Network;
import dev.sluice.worker.TaskEvent.Run;
import dev.sluice.worker.task.TaskListener;

/** Turns what a task reports in its own thread into messages to its worker and the coordinator. */
record TaskReports(Run run, Network network, String worker, String coordinator)
    implements TaskListener {

  @Override
  public void finished(TaskId task, Counters counters) {
    network.send(worker, new TaskEvent.Finished(run, task, counters));
  }

  @Override
  public void failed(TaskId task, Failure failure) {
    network.send(worker, new TaskEvent.Failed(run, task, failure));
  }

  @Override
  public void ended(TaskId task) {
    network.send(worker, new TaskEvent.Ended(run, task));
  }

  @Override
  public void quiet(TaskId task, long round, Counters counters) {
    network.send(worker, new TaskEvent.Quiet(run, task, round, counters));
  }

  @Override
  public void quiescenceWanted(TaskId task) {
    tell(new WorkerEvent.QuiescenceWanted(run.job(), task));
  }

  @Override
  public void clockMoved(long nowMs) {
    tell(new WorkerEvent.ClockMoved(run.job(), nowMs));
  }

  @Override
  public void checkpointWanted(TaskId task, long completed) {
    tell(new WorkerEvent.CheckpointWanted(run.job(), task, completed));
  }

  @Override
  public void checkpointAcknowledged(TaskId task, long checkpoint, Saved saved) {
    network.send(worker, new TaskEvent.CheckpointAcknowledged(run, task, checkpoint, saved));
  }

  @Override
  public void checkpointFailed(TaskId task, long checkpoint, String reason) {
    network.send(worker, new TaskEvent.CheckpointFailed(run, task, checkpoint, reason));
  }

  @Override
  public void checkpointReleased(TaskId task, long checkpoint) {
    network.send(worker, new TaskEvent.CheckpointReleased(run, task, checkpoint));
  }

  private void tell(WorkerEvent event) {
    network.send(coordinator, new FromWorker(worker, run.attempt(), event));
  }
}
