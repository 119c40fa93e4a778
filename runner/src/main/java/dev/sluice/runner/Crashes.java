package dev.sluice.runner;

import dev.sluice.coordinator.JobEvent;
import dev.sluice.coordinator.JobPhase;
import dev.sluice.coordinator.JournalEntry;
import dev.sluice.worker.protocol.Failure;
import dev.sluice.worker.protocol.FailureKind;
import dev.sluice.worker.protocol.FromWorker;
import dev.sluice.worker.protocol.JobId;
import dev.sluice.worker.protocol.WorkerEvent;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has jobs lose what they run, each once, at a moment that its seed decides: right after its start,
 * or after so many stored checkpoints, the last of all at the latest, and a little later. For tests
 * of the engine.
 *
 * <p>Jobs are planned for by any thread before they are submitted; entries of the journal are seen
 * by the coordinator's loop. Always true: a job is hit in its first attempt only.
 */
final class Crashes {
  private static final Logger LOG = LoggerFactory.getLogger(Crashes.class);

  /** Most of Beam's tests are over after a few checkpoints. */
  private static final int MOST_CHECKPOINTS = 4;

  /** About the time between two checkpoints under fire. */
  private static final int LONGEST_DELAY_MS = 60;

  /** Before its first checkpoint a job is hit sooner, or the checkpoint would be there. */
  private static final int LONGEST_DELAY_AT_START_MS = 20;

  /** A job that has failed by itself before is left alone. */
  private static final int FIRST_ATTEMPT = 1;

  /** What comes to pass at the moment; delivered to the coordinator. */
  @FunctionalInterface
  interface Delivery {
    void deliver(FromWorker message, long delayMs);
  }

  /**
   * What is in store for one job.
   *
   * @param checkpoints how many are to be stored before
   */
  private record Plan(int checkpoints, long delayMs) {}

  private final Map<JobId, Plan> plans = new ConcurrentHashMap<>();
  private final String worker;
  private final Delivery delivery;

  Crashes(String worker, Delivery delivery) {
    this.worker = worker;
    this.delivery = delivery;
  }

  /**
   * Decides when {@code job} is hit.
   *
   * @param name what the job is called in every run of the same program
   */
  void plan(JobId job, String name, long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ ((long) name.hashCode() << 32));
    int checkpoints = random.nextInt(MOST_CHECKPOINTS);
    int longest = checkpoints == 0 ? LONGEST_DELAY_AT_START_MS : LONGEST_DELAY_MS;
    plans.put(job, new Plan(checkpoints, random.nextInt(longest)));
  }

  /** Sees what the coordinator has decided. */
  void seen(JournalEntry entry) {
    if (entry.to().isTerminal()) {
      plans.remove(entry.job());
    } else if (entry.to() == JobPhase.RUNNING && entry.from() != JobPhase.RUNNING) {
      plans.computeIfPresent(entry.job(), this::started);
    } else if (entry.event() instanceof JobEvent.CheckpointStored) {
      boolean last = entry.to() == JobPhase.COMPLETING;
      plans.computeIfPresent(entry.job(), (job, plan) -> afterOneMore(job, plan, last));
    }
  }

  private @Nullable Plan started(JobId job, Plan plan) {
    return plan.checkpoints() == 0 ? hit(job, plan.delayMs()) : plan;
  }

  private @Nullable Plan afterOneMore(JobId job, Plan plan, boolean last) {
    if (last) {
      return hit(job, 0);
    }
    return plan.checkpoints() > 1
        ? new Plan(plan.checkpoints() - 1, plan.delayMs())
        : hit(job, plan.delayMs());
  }

  private @Nullable Plan hit(JobId job, long delayMs) {
    LOG.info("job {} loses its worker in {} ms", job, delayMs);
    Failure lost =
        new Failure(
            FailureKind.WORKER_LOST,
            "",
            "worker " + worker,
            new IllegalStateException("worker " + worker + " was made to crash"));
    delivery.deliver(
        new FromWorker(worker, FIRST_ATTEMPT, new WorkerEvent.TaskFailed(job, lost)), delayMs);
    return null;
  }
}
