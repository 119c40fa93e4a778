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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has jobs lose what they run, each once, at a moment that its seed decides: so many stored
 * checkpoints after its start, and a little later. For tests of the engine.
 *
 * <p>Jobs are planned for by any thread before they are submitted; entries of the journal are seen
 * by the coordinator's loop. Always true: a job is hit only if it has a checkpoint to go back to,
 * for one without fails instead; so a job that ends before its first is spared.
 */
final class Crashes {
  private static final Logger LOG = LoggerFactory.getLogger(Crashes.class);

  /** Most of Beam's tests are over after a few checkpoints. */
  private static final int MOST_CHECKPOINTS = 4;

  /** About the time between two checkpoints under fire. */
  private static final int LONGEST_DELAY_MS = 60;

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

  /** Decides when {@code job} is hit. */
  void plan(JobId job, long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ ((long) job.value().hashCode() << 32));
    plans.put(
        job, new Plan(1 + random.nextInt(MOST_CHECKPOINTS), random.nextInt(LONGEST_DELAY_MS)));
  }

  /** Sees what the coordinator has decided. */
  void seen(JournalEntry entry) {
    if (entry.to().isTerminal()) {
      plans.remove(entry.job());
    } else if (entry.event() instanceof JobEvent.CheckpointStored
        && entry.to() == JobPhase.RUNNING) {
      plans.computeIfPresent(entry.job(), this::afterOneMore);
    }
  }

  private Plan afterOneMore(JobId job, Plan plan) {
    if (plan.checkpoints() > 1) {
      return new Plan(plan.checkpoints() - 1, plan.delayMs());
    }
    LOG.info("job {} loses its worker in {} ms", job, plan.delayMs());
    Failure lost =
        new Failure(
            FailureKind.WORKER_LOST,
            "",
            "worker " + worker,
            new IllegalStateException("worker " + worker + " was made to crash"));
    delivery.deliver(
        new FromWorker(worker, FIRST_ATTEMPT, new WorkerEvent.TaskFailed(job, lost)),
        plan.delayMs());
    return null;
  }
}
