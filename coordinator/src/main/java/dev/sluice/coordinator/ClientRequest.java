package dev.sluice.coordinator;

import dev.sluice.worker.protocol.JobId;

/** What a client asks of the coordinator. */
public sealed interface ClientRequest {

  /** Run a job; answered by a {@link JobUpdate} for each phase it comes to. */
  record Submit(JobSpec spec) implements ClientRequest {}

  /** Stop a job; nothing happens if it has ended. */
  record Cancel(JobId job) implements ClientRequest {}

  /**
   * Answer with {@link JobUpdate.Metrics}; a job that ends meanwhile answers with {@link
   * JobUpdate.Ended} instead.
   *
   * @param request a number that the answer carries
   */
  record QueryMetrics(JobId job, long request) implements ClientRequest {}
}
