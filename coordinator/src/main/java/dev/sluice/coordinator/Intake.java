package dev.sluice.coordinator;

import dev.sluice.protocol.Submission;
import java.util.List;

/**
 * Makes a job of what a client has submitted, before anything of it runs: translates its pipeline,
 * finds out what it begins with, and claims the place of its checkpoints. Handed in.
 *
 * <p>Called in an Io lane of the job's own, where it may block.
 */
@FunctionalInterface
public interface Intake {
  /**
   * Takes a job in.
   *
   * @throws RuntimeException if the job cannot run as it is: its client is notified, and nothing of
   *     it is kept
   */
  Taken take(Submission submission);

  /**
   * A job that was taken in.
   *
   * @param beginnings what it begins with if that is not the beginning, and what it leaves behind;
   *     a line each, for a person
   */
  record Taken(JobSpec spec, List<String> beginnings) {}
}
