package dev.sluice.protocol;

/** What a client asks of the coordinator. */
public sealed interface ClientRequest extends Content {

  /** The job it is about. */
  JobId job();

  /**
   * Run a job; answered by {@link JobUpdate.Accepted} and then a {@link JobUpdate} for each phase
   * it reaches, or by {@link JobUpdate.Refused}.
   */
  record Submit(Submission submission) implements ClientRequest {
    @Override
    public JobId job() {
      return submission.id();
    }
  }

  /** Stop a job; nothing happens if it has ended. */
  record Cancel(JobId job) implements ClientRequest {}

  /** Drain a job: its sources stop and everything ends; it is then done. */
  record Drain(JobId job) implements ClientRequest {}

  /**
   * Take a savepoint; answered by {@link JobUpdate.SavepointDone} or {@link
   * JobUpdate.SavepointFailed}, unless the job has ended before.
   */
  record Savepoint(JobId job, SavepointRequest wanted) implements ClientRequest {}

  /**
   * Answer with {@link JobUpdate.Metrics}; a job that ends meanwhile answers with {@link
   * JobUpdate.Ended} instead.
   *
   * @param request a number that the answer carries
   */
  record QueryMetrics(JobId job, long request) implements ClientRequest {}
}
