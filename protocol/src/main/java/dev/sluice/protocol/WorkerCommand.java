package dev.sluice.protocol;

import java.util.List;
import java.util.Map;

/** What the coordinator asks a worker to do. */
public sealed interface WorkerCommand extends Content {

  /** The job it is about. */
  JobId job();

  /**
   * Split every source of a job; answered by {@link WorkerEvent.SourcesSplit}.
   *
   * @param program what the job runs
   * @param known the splits of those sources that a checkpoint knows, by the id of the Read
   *     transform: these are looked at only for what they have more by now
   * @param tasks how many tasks share the splits of a source
   */
  record SplitSources(JobId job, Program program, Map<String, List<SourceSplit>> known, int tasks)
      implements WorkerCommand {}

  /**
   * Build and start tasks of a job; all threads of an earlier attempt on this worker have ended.
   *
   * @param program what the job runs
   * @param tasks the tasks of this job that this worker runs
   * @param splits the splits that belong to these tasks, by the id of the Read transform
   * @param parallelism how many tasks a stage has that may have many
   * @param manualClock whether the job's clock is moved by {@link SetClock} alone
   * @param attempt which deployment of the job this is, what it resumes from and where it saves
   */
  record Deploy(
      JobId job,
      Program program,
      List<TaskId> tasks,
      Map<String, List<SourceSplit>> splits,
      int parallelism,
      boolean manualClock,
      Attempt attempt)
      implements WorkerCommand {}

  /**
   * Stop all tasks of a job; answered by {@link WorkerEvent.JobStopped} when all their threads have
   * ended.
   */
  record Stop(JobId job) implements WorkerCommand {}

  /** Move the clock of a job that has a manual one. */
  record SetClock(JobId job, long nowMs) implements WorkerCommand {}

  /**
   * Answer with {@link WorkerEvent.Quiet} as soon as every task has found nothing to do since this
   * came.
   */
  record ProbeQuiescence(JobId job, long round) implements WorkerCommand {}

  /** The job was found quiescent; notify the task that asked. */
  record Quiescent(JobId job, TaskId task) implements WorkerCommand {}

  /**
   * Inject a barrier at the sources of a job; answered by a {@link
   * WorkerEvent.CheckpointAcknowledged} or {@link WorkerEvent.CheckpointFailed} of each task.
   */
  record TriggerCheckpoint(JobId job, long checkpoint, Barrier barrier) implements WorkerCommand {}

  /**
   * Every task has acknowledged and the checkpoint is stored; what waited for it, or for an earlier
   * one, may be released. Answered by {@link WorkerEvent.CheckpointReleased}.
   */
  record CompleteCheckpoint(JobId job, long checkpoint) implements WorkerCommand {}

  /**
   * The checkpoint will not be complete: nothing is released, what waits for it waits for the next,
   * what was to be uploaded for it goes up with the next, and tasks that it has halted resume.
   */
  record AbandonCheckpoint(JobId job, long checkpoint) implements WorkerCommand {}

  /**
   * Stop reading: sources emit what they hold, their watermarks go to the end of time, and
   * everything downstream ends.
   */
  record Drain(JobId job) implements WorkerCommand {}

  /** Answer with {@link WorkerEvent.Metrics}. */
  record ReportMetrics(JobId job, long request) implements WorkerCommand {}
}
