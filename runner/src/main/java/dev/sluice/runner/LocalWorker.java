package dev.sluice.runner;

import dev.sluice.protocol.world.Clock;
import dev.sluice.protocol.world.Network;
import dev.sluice.state.store.RocksDbStores;
import dev.sluice.state.store.StateMemory;
import dev.sluice.worker.Membership;
import dev.sluice.worker.Resolvers;
import dev.sluice.worker.Worker;
import dev.sluice.worker.body.DirectBodies;
import dev.sluice.worker.task.TaskThreads;
import dev.sluice.worker.task.TaskThreads.Suspect;
import dev.sluice.worker.world.HeapWatch;
import dev.sluice.worker.world.IoThreads;
import dev.sluice.worker.world.StateRoom;
import dev.sluice.worker.world.SystemClock;
import dev.sluice.worker.world.World;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker within this JVM, with all that it would have to itself as a process: its threads, its
 * scratch files and the room of its state.
 *
 * <p>Owned by its cluster. Always true: two workers share nothing but the network and the storage
 * of checkpoints.
 */
final class LocalWorker {
  private static final Logger LOG = LoggerFactory.getLogger(LocalWorker.class);

  /** Beside the heap, RocksDB may take a quarter of what the heap may. */
  private static final int NATIVE_FRACTION = 4;

  /** They compress, upload and merge, beside the tasks. */
  private static final int IO_THREADS = 4;

  /** How long a thread may take to end after its task has; only user code can make it longer. */
  private static final long THREAD_END_LIMIT_MS = 1_000;

  /**
   * The same for a worker that was abandoned, which should be gone before another one takes its
   * place: both together may need more memory than there is.
   */
  private static final long ABANDONED_END_LIMIT_MS = 10_000;

  private final Network network;
  private final TaskThreads threads;
  private final IoThreads io;
  private final LocalScratch scratch = new LocalScratch();
  private final String address;
  private final RocksDbStores stores;
  private volatile boolean abandoned;

  /**
   * Starts it; it registers itself with the coordinator.
   *
   * @param resolvers turn what messages name into something live
   * @param heap decides what a failed allocation means
   * @param stateBytes what the state of all its tasks may take on the heap
   * @param interceptor may change what it lives on
   */
  LocalWorker(
      Membership membership,
      Network network,
      Resolvers resolvers,
      HeapWatch heap,
      long stateBytes,
      ClusterInterceptor interceptor) {
    Clock clock = new SystemClock();
    this.address = membership.worker();
    this.network = network;
    this.io = new IoThreads(IO_THREADS, heap);
    this.threads = new TaskThreads(clock, heap);
    this.stores =
        new RocksDbStores(
            scratch.newFolder("state"), Runtime.getRuntime().maxMemory() / NATIVE_FRACTION);
    StateRoom room = new StateRoom(new StateMemory(stateBytes, new CollectedHeap()), stores);
    // Its network keeps it, as long as there is something to handle.
    new Worker(
        membership,
        interceptor.worldOfWorker(new World(clock, network, scratch, threads, this::submit, room)),
        resolvers,
        new DirectBodies());
  }

  private void submit(String lane, Runnable work) {
    if (!abandoned) {
      io.submit(lane, work);
    }
  }

  /**
   * Takes it off the network with no regard for what it has to do: whoever calls this sees to it
   * that its tasks end. Any thread; does not wait.
   */
  void abandon() {
    abandoned = true;
    network.unregister(address);
  }

  /** Has its tasks end because the heap is exhausted. Any thread; does not wait. */
  void giveUp() {
    abandon();
    threads.interruptAll();
  }

  /** The tasks that are at work just now. */
  List<Suspect> atWork() {
    return threads.atWork();
  }

  /** Ends all of its threads; it must have no job any more. Does not wait for them. */
  void close() {
    network.unregister(address);
    if (!abandoned) {
      io.close();
      if (threads.haveEnded()) {
        stores.close();
        scratch.close();
      } else {
        LOG.warn("user code is still running in a job that has ended: its state is not deleted");
      }
    }
  }

  /**
   * After {@link #close} or {@link #abandon}: waits until none of its threads is left. Only then
   * nothing touches the state of one that was abandoned.
   */
  void awaitEnded() throws InterruptedException {
    boolean ended = threads.awaitEnded(abandoned ? ABANDONED_END_LIMIT_MS : THREAD_END_LIMIT_MS);
    io.close();
    io.awaitEnded(THREAD_END_LIMIT_MS);
    if (abandoned) {
      if (ended) {
        stores.close();
        scratch.close();
      } else {
        LOG.warn(
            "user code is still running in a worker that was abandoned: its state is not deleted");
      }
    }
  }
}
