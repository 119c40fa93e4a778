package dev.sluice.testing.fire;

import dev.sluice.coordinator.JobEvent;
import dev.sluice.coordinator.JournalEntry;
import dev.sluice.protocol.JobPhase;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * When a job loses its worker: once, at a moment that a seed decides, right after its start, or a
 * little after the first, second or third stored checkpoint, the last of all at the latest.
 *
 * <p>Used by the coordinator's loop. Always true: a job is hit in its first attempt only.
 */
final class CrashPlan {
  /** Most of Beam's tests are over after a few checkpoints. */
  private static final int MOST_CHECKPOINTS = 4;

  /** About the time between two checkpoints under fire. */
  private static final int LONGEST_DELAY_MS = 60;

  /** Before its first checkpoint a job is hit sooner, or the checkpoint would be there. */
  private static final int LONGEST_DELAY_AT_START_MS = 20;

  private final long delayMs;
  private int checkpointsLeft;
  private boolean over;

  /**
   * @param job what the job is called in every run of the same program
   */
  CrashPlan(String job, long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ ((long) job.hashCode() << 32));
    this.checkpointsLeft = random.nextInt(MOST_CHECKPOINTS);
    this.delayMs =
        random.nextInt(checkpointsLeft == 0 ? LONGEST_DELAY_AT_START_MS : LONGEST_DELAY_MS);
  }

  /**
   * Sees what the coordinator has decided.
   *
   * @return in how many milliseconds the worker is lost, if this was the moment
   */
  OptionalLong seen(JournalEntry entry) {
    if (over) {
      return OptionalLong.empty();
    }
    if (entry.to() == JobPhase.RUNNING && entry.from() != JobPhase.RUNNING) {
      return checkpointsLeft == 0 ? hit(delayMs) : OptionalLong.empty();
    }
    if (entry.event() instanceof JobEvent.CheckpointStored) {
      checkpointsLeft--;
      if (entry.to() == JobPhase.COMPLETING) {
        return hit(0);
      }
      return checkpointsLeft == 0 ? hit(delayMs) : OptionalLong.empty();
    }
    // One that has failed by itself is left alone.
    over = entry.to() == JobPhase.RESTARTING;
    return OptionalLong.empty();
  }

  private OptionalLong hit(long afterMs) {
    over = true;
    return OptionalLong.of(afterMs);
  }
}
