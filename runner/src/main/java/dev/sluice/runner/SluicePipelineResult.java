package dev.sluice.runner;

import dev.sluice.protocol.Failure;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.StorageLocation;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.joda.time.Duration;

/** A pipeline that {@link SluiceRunner} was given: a handle on its job. Any thread. */
public final class SluicePipelineResult implements PipelineResult {
  private final JobHandle job;
  private final StorageLocation savepoints;
  private final MetricResults metrics;

  /**
   * @param savepoints how the places are reached that savepoints may be taken to
   */
  SluicePipelineResult(JobHandle job, MetricResults metrics, StorageLocation savepoints) {
    this.job = job;
    this.metrics = metrics;
    this.savepoints = savepoints;
  }

  @Override
  public State getState() {
    return stateOf(job.phase());
  }

  /** Stops the job and waits until its threads have ended. */
  @Override
  public State cancel() {
    job.cancel();
    return stateOf(
        Interruption.rethrown(job::await, "waiting for the job to be cancelled").phase());
  }

  /**
   * Waits until the job has ended.
   *
   * @throws JobFailedException if it has failed, with the user's own exception as cause
   */
  @Override
  public State waitUntilFinish() {
    return stateOrFailure(Interruption.rethrown(job::await, "waiting for the job to end"));
  }

  /**
   * Waits until the job has ended, but no longer than {@code limit}; one below a millisecond means
   * for ever.
   *
   * @return null if the job has not ended in time
   * @throws JobFailedException if it has failed, with the user's own exception as cause
   */
  @Override
  public State waitUntilFinish(Duration limit) {
    if (limit.getMillis() < 1) {
      return waitUntilFinish();
    }
    JobUpdate.Ended how =
        Interruption.rethrown(() -> job.await(limit.getMillis()), "waiting for the job to end");
    return how == null ? null : stateOrFailure(how);
  }

  /**
   * Takes a savepoint of the running job and waits until it is safe; the job keeps running
   * meanwhile.
   *
   * @param location a folder that has no savepoint yet, or the URL of one
   * @throws IllegalStateException if it could not be made, or the job has ended; says why
   */
  public void savepoint(String location) {
    savepoint(location, SavepointRequest.Then.GO_ON);
  }

  /**
   * Takes a savepoint and stops the job behind it: what it does after the savepoint's barrier is
   * done by whoever resumes from there.
   *
   * @param location as for {@link #savepoint}
   * @throws IllegalStateException if it could not be made, or the job has ended; says why
   */
  public State stopWithSavepoint(String location) {
    savepoint(location, SavepointRequest.Then.STOP);
    return stateOf(Interruption.rethrown(job::await, "waiting for the job to stop").phase());
  }

  /**
   * Has the sources stop and all windows close, and waits until everything has ended.
   *
   * @throws JobFailedException if the job has failed
   */
  public State drain() {
    job.drain();
    return waitUntilFinish();
  }

  private void savepoint(String location, SavepointRequest.Then then) {
    Interruption.rethrown(
        () -> {
          job.savepoint(savepoints.at(location), then);
          return null;
        },
        "waiting for a savepoint");
  }

  /** Metrics as they stand whenever they are queried. */
  @Override
  public MetricResults metrics() {
    return metrics;
  }

  private State stateOrFailure(JobUpdate.Ended how) {
    if (how.phase() == JobPhase.FAILED) {
      Failure failure = how.failure().orElseThrow();
      throw new JobFailedException(failure, job.cause());
    }
    return stateOf(how.phase());
  }

  private static State stateOf(JobPhase phase) {
    return switch (phase) {
      case SUBMITTED, SPLITTING, RUNNING, COMPLETING, RESTARTING, STOPPING -> State.RUNNING;
      case DONE -> State.DONE;
      case FAILED -> State.FAILED;
      case CANCELLED -> State.CANCELLED;
    };
  }
}
