package dev.sluice.runner;

import dev.sluice.coordinator.ClientRequest;
import dev.sluice.coordinator.Coordinator;
import dev.sluice.coordinator.JobSpec;
import dev.sluice.coordinator.JobUpdate;
import dev.sluice.coordinator.JournalEntry;
import dev.sluice.state.store.RocksDbStores;
import dev.sluice.state.store.StateMemory;
import dev.sluice.worker.Worker;
import dev.sluice.worker.protocol.JobId;
import dev.sluice.worker.task.TaskThreads;
import dev.sluice.worker.world.Clock;
import dev.sluice.worker.world.IoThreads;
import dev.sluice.worker.world.LocalNetwork;
import dev.sluice.worker.world.StateRoom;
import dev.sluice.worker.world.SystemClock;
import dev.sluice.worker.world.TaskRunner;
import dev.sluice.worker.world.World;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator, a worker and a client within this JVM, which talk over a {@link LocalNetwork}: the
 * one place in which they are wired together.
 *
 * <p>Any thread submits; what the coordinator tells of jobs is handled by the client's endpoint
 * alone.
 */
final class EmbeddedCluster {
  /** The address at which the cluster's jobs are watched. */
  static final String CLIENT = "client";

  private static final String COORDINATOR = "coordinator";
  private static final String WORKER = "worker-0";

  /** How long a thread may take to end after its task has; only user code can make it longer. */
  private static final long THREAD_END_LIMIT_MS = 1_000;

  /** Beside the heap, RocksDB may take a quarter of what the heap may. */
  private static final int NATIVE_FRACTION = 4;

  /** They compress, upload and merge, beside the tasks. */
  private static final int IO_THREADS = 4;

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCluster.class);

  private final LocalNetwork network = new LocalNetwork();
  private final Clock clock = new SystemClock();
  private final TaskThreads tasks = new TaskThreads(clock);
  private final IoThreads io = new IoThreads(IO_THREADS);
  private final LocalScratch scratch = new LocalScratch();
  private final StateMemory memory;
  private final RocksDbStores stores;
  private final Map<JobId, JobHandle> jobs = new ConcurrentHashMap<>();
  private final Crashes crashes =
      new Crashes(WORKER, (message, delayMs) -> network.sendLater(COORDINATOR, message, delayMs));
  private final Runnable onJobEnd;
  private Worker worker;
  private volatile boolean closed;

  private final TaskRunner paced;

  private EmbeddedCluster(Runnable onJobEnd, long stateBytes, Optional<Long> pace) {
    this.onJobEnd = onJobEnd;
    this.paced = pace.<TaskRunner>map(seed -> new PacedTasks(tasks, clock, seed)).orElse(tasks);
    this.memory = new StateMemory(stateBytes, new CollectedHeap());
    this.stores =
        new RocksDbStores(
            scratch.newFolder("state"), Runtime.getRuntime().maxMemory() / NATIVE_FRACTION);
  }

  /**
   * Starts a cluster.
   *
   * @param stateBytes what the state of all jobs may take on the heap
   * @param pace the seed of the pauses that tasks make at first, if they are to make any
   * @param onJobEnd called by the client's endpoint for each job that has ended, before whoever
   *     waits for the job learns it
   */
  static EmbeddedCluster start(long stateBytes, Optional<Long> pace, Runnable onJobEnd) {
    EmbeddedCluster cluster = new EmbeddedCluster(onJobEnd, stateBytes, pace);
    cluster.wire();
    return cluster;
  }

  private void wire() {
    network.register(CLIENT, this::updated);
    // What a decision rests on is in this process: if it ends, nobody is left to replay the
    // journal.
    network.register(COORDINATOR, new Coordinator(COORDINATOR, network, this::decided, io));
    worker =
        new Worker(
            WORKER,
            COORDINATOR,
            new World(clock, network, scratch, paced, io, new StateRoom(memory, stores)));
  }

  private void decided(JournalEntry entry) {
    LOG.debug("{}", entry);
    crashes.seen(entry);
  }

  /** Starts a job; returns at once. */
  JobHandle submit(JobSpec spec, LogLevels logLevels) {
    Long crashSeed = spec.options().as(FireOptions.class).getCrashSeed();
    if (crashSeed != null) {
      String name = spec.options().as(ApplicationNameOptions.class).getAppName();
      crashes.plan(spec.id(), name, crashSeed);
    }
    JobHandle job = new JobHandle(spec.id(), this, logLevels);
    jobs.put(spec.id(), job);
    send(new ClientRequest.Submit(spec));
    return job;
  }

  /** Asks the coordinator for something. */
  void send(ClientRequest request) {
    network.send(COORDINATOR, request);
  }

  /** Ends all threads of the cluster, which must have no job any more. Does not wait for them. */
  void close() {
    worker.close();
    network.close();
    io.close();
    stores.close();
    scratch.close();
    closed = true;
  }

  /** If the cluster was closed, waits until none of its threads is left. */
  void awaitClosed() throws InterruptedException {
    if (closed) {
      network.awaitEnded();
      tasks.awaitEnded(THREAD_END_LIMIT_MS);
      io.awaitEnded(THREAD_END_LIMIT_MS);
    }
  }

  private void updated(Object message) {
    JobUpdate update = (JobUpdate) message;
    JobHandle job = jobs.get(update.job());
    if (job == null) {
      throw new IllegalStateException("nobody here knows the job of " + update);
    }
    if (update instanceof JobUpdate.Ended) {
      jobs.remove(update.job());
      onJobEnd.run();
    }
    job.update(update);
  }
}
