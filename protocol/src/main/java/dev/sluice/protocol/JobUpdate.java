package dev.sluice.protocol;

import java.util.List;
import java.util.Optional;

/** What the coordinator reports to the client of a job. */
public sealed interface JobUpdate extends Content {

  /** The job it is about. */
  JobId job();

  /**
   * The cluster has taken the job on, and will report its end.
   *
   * @param beginnings what it begins with if that is not the beginning, and what it leaves behind;
   *     a line each, for a person
   */
  record Accepted(JobId job, List<String> beginnings) implements JobUpdate {
    public Accepted {
      beginnings = List.copyOf(beginnings);
    }
  }

  /** The job cannot run as it is, and nothing of it was kept; the only update about it. */
  record Refused(JobId job, Failure failure) implements JobUpdate {}

  /** The job has reached a phase that is not its last. */
  record Advanced(JobId job, JobPhase phase) implements JobUpdate {}

  /** The answer to {@link ClientRequest.QueryMetrics}. */
  record Metrics(JobId job, long request, JobMetricValues values) implements JobUpdate {}

  /** A savepoint is where the client wanted it. */
  record SavepointDone(JobId job, long request, String location) implements JobUpdate {}

  /**
   * A savepoint could not be made; the job continues if it has not ended.
   *
   * @param reason for a person
   */
  record SavepointFailed(JobId job, long request, String reason) implements JobUpdate {}

  /**
   * The job has ended; the last update about it.
   *
   * @param phase a terminal one
   * @param failure why, if it is {@link JobPhase#FAILED}
   * @param metrics its last metrics
   */
  record Ended(JobId job, JobPhase phase, Optional<Failure> failure, JobMetricValues metrics)
      implements JobUpdate {}

  /**
   * The metrics of a job over all workers.
   *
   * @param attempted what user code has counted so far
   * @param committed what it had counted at the last completed checkpoint; everything once the job
   *     is done
   */
  record JobMetricValues(MetricBytes attempted, MetricBytes committed) {
    /** Nothing was counted, or nobody can tell what. */
    public static final JobMetricValues NONE =
        new JobMetricValues(MetricBytes.NONE, MetricBytes.NONE);
  }
}
