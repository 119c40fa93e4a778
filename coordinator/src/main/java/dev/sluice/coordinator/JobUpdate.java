package dev.sluice.coordinator;

import dev.sluice.protocol.Failure;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import java.util.Optional;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/** What the coordinator tells the client of a job. */
public sealed interface JobUpdate {

  /** The job it is about. */
  JobId job();

  /** The job has come to a phase that is not its last. */
  record Advanced(JobId job, JobPhase phase) implements JobUpdate {}

  /** The answer to {@link ClientRequest.QueryMetrics}. */
  record Metrics(JobId job, long request, JobMetricValues values) implements JobUpdate {}

  /** A savepoint is where the client wanted it. */
  record SavepointDone(JobId job, long request, String location) implements JobUpdate {}

  /**
   * A savepoint could not be made; the job goes on if it has not ended.
   *
   * @param reason for a person
   */
  record SavepointFailed(JobId job, long request, String reason) implements JobUpdate {}

  /**
   * The job has come to its end; the last that is ever told of it.
   *
   * @param phase a terminal one
   * @param failure why, if it is {@link JobPhase#FAILED}
   * @param metrics its last metrics
   */
  record Ended(JobId job, JobPhase phase, Optional<Failure> failure, JobMetricValues metrics)
      implements JobUpdate {}

  /**
   * The metrics of a job over all workers. Not touched any more by who sent it.
   *
   * @param attempted what user code has counted so far
   * @param committed what it had counted at the last completed checkpoint; everything once the job
   *     is done
   */
  record JobMetricValues(MetricsContainerStepMap attempted, MetricsContainerStepMap committed) {}
}
