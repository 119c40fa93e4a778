package dev.sluice.protocol;

import java.util.Optional;

/**
 * One deployment of a job: what it begins with and where it saves. A job that is restarted has
 * several, one after the other.
 *
 * @param number from 1 on, greater with each
 * @param storage where its tasks save; empty if the job has no checkpoints that last, so that a
 *     barrier only releases what waits for one
 * @param restore what it resumes from; empty if it starts at the beginning
 * @param draining whether it drains, so that its sources read nothing: what they would read is
 *     late, if the watermark it resumes from is the end of time
 */
public record Attempt(
    int number, Optional<JobStorage> storage, Optional<RestorePoint> restore, boolean draining) {

  /** The first one of a job that saves nothing. */
  public static Attempt withoutStorage() {
    return new Attempt(1, Optional.empty(), Optional.empty(), false);
  }
}
