package dev.sluice.testing.fire;

import dev.sluice.coordinator.JournalEntry;
import dev.sluice.protocol.world.Network;
import dev.sluice.runner.ClusterInterceptor;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.StateMemory;
import dev.sluice.worker.world.StateRoom;
import dev.sluice.worker.world.World;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the cluster of one job lose its worker once, by a {@link CrashPlan}: nothing of the worker is
 * stopped, torn down or reported, and another one takes its place.
 *
 * <p>The coordinator's loop decides when; an endpoint of its own on the cluster's network kills the
 * worker and waits for its threads. Always true: no state stays on the heap, and the tasks pause
 * between their first steps.
 */
final class Fire implements ClusterInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(Fire.class);
  private static final String ADDRESS = "fire";

  /** As little as a budget can be: every key leaves the heap when the next is selected. */
  private static final long NO_STATE_BYTES = 1;

  private final CrashPlan plan;
  private final long seed;
  private volatile Network network;
  private volatile MortalWorker worker;

  /**
   * @param job what the job is called in every run of the same program
   */
  Fire(String job, long seed) {
    this.plan = new CrashPlan(job, seed);
    this.seed = seed;
  }

  /** What is cut off from a worker, all at once, when it is killed. */
  private record MortalWorker(SeverableNetwork network, MortalTasks tasks) {
    void kill() {
      network.cut();
      tasks.kill();
    }
  }

  @Override
  public void started(Network clusters, Workers workers) {
    network = clusters;
    clusters.register(
        ADDRESS,
        job -> {
          worker.kill();
          workers.replace();
        });
  }

  @Override
  public World worldOfWorker(World world) {
    SeverableNetwork way = new SeverableNetwork(world.network());
    MortalTasks tasks = new MortalTasks(new PacedTasks(world.tasks(), world.clock(), seed));
    worker = new MortalWorker(way, tasks);
    return new World(
        world.clock(),
        way,
        world.scratch(),
        tasks,
        (lane, work) -> {
          if (!way.isCut()) {
            world.io().submit(lane, work);
          }
        },
        new StateRoom(new StateMemory(NO_STATE_BYTES, HeapGauge.NONE), world.state().stores()));
  }

  @Override
  public void decided(JournalEntry entry) {
    OptionalLong delayMs = plan.seen(entry);
    if (delayMs.isEmpty()) {
      return;
    }
    LOG.info("job {} loses its worker in {} ms", entry.job(), delayMs.getAsLong());
    if (delayMs.getAsLong() == 0) {
      // Nothing that the coordinator sends next arrives.
      worker.kill();
    }
    network.postLater(ADDRESS, entry.job(), delayMs.getAsLong());
  }
}
