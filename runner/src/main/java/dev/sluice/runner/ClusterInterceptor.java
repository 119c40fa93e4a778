package dev.sluice.runner;

import dev.sluice.coordinator.JournalEntry;
import dev.sluice.protocol.world.Network;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.worker.world.World;

/**
 * Stands between the cluster of one job and the process that it runs in: the one place at which a
 * test of the engine changes what a worker lives on, watches what is decided, and loses workers.
 *
 * <p>Handed in with {@link SluiceRunner#intercepted}; the job has its cluster to itself. A method
 * that is not overridden changes nothing.
 */
public interface ClusterInterceptor {
  /** Changes nothing. */
  ClusterInterceptor NONE = new ClusterInterceptor() {};

  /**
   * Told once, before there is a coordinator or a worker.
   *
   * @param network where it may register addresses of its own; closed with the cluster
   */
  default void started(Network network, Workers workers) {}

  /**
   * What a new worker lives on.
   *
   * @param world what it would live on otherwise
   */
  default World worldOfWorker(World world) {
    return world;
  }

  /**
   * What opens the places of checkpoints and savepoints.
   *
   * @param storages what would open them otherwise
   */
  default StorageOpener storages(StorageOpener storages) {
    return storages;
  }

  /** Sees a decision of the coordinator before it is acted on; in the coordinator's loop. */
  default void decided(JournalEntry entry) {}

  /** The workers of the cluster, of which there is one at a time. */
  interface Workers {
    /**
     * Waits until no thread of the worker is left, and starts another one in its place. The tasks
     * of the worker must be ending by themselves, and it must not be heard any more.
     */
    void replace();
  }
}
