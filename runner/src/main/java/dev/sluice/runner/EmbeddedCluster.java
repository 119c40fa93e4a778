package dev.sluice.runner;

import dev.sluice.coordinator.CheckpointLedger;
import dev.sluice.coordinator.ClientRequest;
import dev.sluice.coordinator.Coordinator;
import dev.sluice.coordinator.JobSpec;
import dev.sluice.coordinator.JobUpdate;
import dev.sluice.coordinator.JobUpdate.JobMetricValues;
import dev.sluice.coordinator.JournalEntry;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.state.error.Thrown;
import dev.sluice.worker.task.TaskThreads.Suspect;
import dev.sluice.worker.world.IoThreads;
import dev.sluice.worker.world.LocalNetwork;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator, a worker and a client within this JVM, which talk over a {@link LocalNetwork}: the
 * one place in which they are wired together.
 *
 * <p>Any thread submits; what the coordinator tells of jobs is handled by the client's endpoint
 * alone, until the guard of the heap takes over and ends them.
 */
final class EmbeddedCluster {
  /** The address at which the cluster's jobs are watched. */
  static final String CLIENT = "client";

  private static final String COORDINATOR = "coordinator";
  private static final String WORKER = "worker-0";

  /** They read and write what the coordinator knows of checkpoints. */
  private static final int IO_THREADS = 4;

  /** How long the coordinator's work on a storage may take after the last job. */
  private static final long IO_END_LIMIT_MS = 1_000;

  /**
   * How long a thread of the engine may take to end; only user code that it calls makes it long.
   */
  private static final long END_LIMIT_MS = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCluster.class);

  private final HeapGuard heap = new HeapGuard(this::atWork, this::giveUp);
  private final LocalNetwork network = new LocalNetwork(heap);
  private final IoThreads io = new IoThreads(IO_THREADS, heap);
  private final Map<JobId, JobHandle> jobs = new ConcurrentHashMap<>();
  private final Map<JobId, CheckpointLedger> ledgers = new ConcurrentHashMap<>();
  private final long stateBytes;
  private final ClusterInterceptor interceptor;
  private final Consumer<EmbeddedCluster> onJobEnd;
  private volatile LocalWorker worker;
  private volatile boolean closed;

  private EmbeddedCluster(
      long stateBytes, ClusterInterceptor interceptor, Consumer<EmbeddedCluster> onJobEnd) {
    this.stateBytes = stateBytes;
    this.interceptor = interceptor;
    this.onJobEnd = onJobEnd;
  }

  /**
   * Starts a cluster.
   *
   * @param stateBytes what the state of all jobs may take on the heap
   * @param interceptor stands between the cluster and this process
   * @param onJobEnd called by the client's endpoint for each job that has ended, before whoever
   *     waits for the job learns it
   */
  static EmbeddedCluster start(
      long stateBytes, ClusterInterceptor interceptor, Consumer<EmbeddedCluster> onJobEnd) {
    EmbeddedCluster cluster = new EmbeddedCluster(stateBytes, interceptor, onJobEnd);
    cluster.wire();
    return cluster;
  }

  private void wire() {
    network.register(CLIENT, this::updated);
    interceptor.started(network, this::replaceWorker);
    // What a decision rests on is in this process: if it ends, nobody is left to replay the
    // journal.
    network.register(COORDINATOR, new Coordinator(COORDINATOR, network, this::decided, io));
    worker = newWorker();
    heap.start();
  }

  private LocalWorker newWorker() {
    return new LocalWorker(WORKER, COORDINATOR, network, heap, stateBytes, interceptor);
  }

  private void decided(JournalEntry entry) {
    LOG.debug("{}", entry);
    interceptor.decided(entry);
  }

  /** Starts another worker in the place of one that was lost, as soon as nothing is left of it. */
  private void replaceWorker() {
    LocalWorker lost = worker;
    lost.abandon();
    try {
      lost.awaitEnded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      if (!closed) {
        worker = newWorker();
      }
    }
  }

  /** Starts a job; returns at once. */
  JobHandle submit(JobSpec spec, LogLevels logLevels) {
    JobHandle job = new JobHandle(spec.id(), this, logLevels);
    jobs.put(spec.id(), job);
    spec.durability().ifPresent(durability -> ledgers.put(spec.id(), durability.ledger()));
    send(new ClientRequest.Submit(spec));
    return job;
  }

  /** Asks the coordinator for something. */
  void send(ClientRequest request) {
    network.send(COORDINATOR, request);
  }

  /** Ends all threads of the cluster, which must have no job any more. Does not wait for them. */
  synchronized void close() {
    closed = true;
    try {
      worker.close();
    } finally {
      network.close();
      io.close();
      heap.close();
    }
  }

  /**
   * If the cluster was closed, waits until none of its threads is left, but for those that user
   * code holds.
   */
  void awaitClosed() throws InterruptedException {
    if (closed) {
      if (!heap.isExhausted()) {
        network.awaitEnded(END_LIMIT_MS);
        worker.awaitEnded();
        io.awaitEnded(IO_END_LIMIT_MS);
      }
      heap.awaitEnded(END_LIMIT_MS);
    }
  }

  private List<Suspect> atWork() {
    return worker.atWork();
  }

  /**
   * Ends every job of the cluster with a failure, and the cluster with them, because the heap is
   * exhausted: without the coordinator or the worker's loop, which may have lost what they were
   * told or had decided. By the guard's thread, again and again if there is no memory for it.
   */
  private void giveUp(Failure failure) {
    worker.giveUp();
    network.close();
    try {
      // What the operators hold is let go of with them.
      worker.awaitEnded();
      network.awaitEnded(END_LIMIT_MS);
      for (JobId job : List.copyOf(ledgers.keySet())) {
        letGo(job);
      }
      io.close();
      io.awaitEnded(END_LIMIT_MS);
    } catch (InterruptedException e) {
      LOG.debug("nobody interrupts the guard of the heap");
    }
    Thrown.log(LOG, "{} ends the jobs of this process", failure.where(), failure.cause());
    while (!closed) {
      // One that was submitted meanwhile is told the same.
      for (JobId job : List.copyOf(jobs.keySet())) {
        JobMetricValues unknown =
            new JobMetricValues(new MetricsContainerStepMap(), new MetricsContainerStepMap());
        updated(new JobUpdate.Ended(job, JobPhase.FAILED, Optional.of(failure), unknown));
      }
    }
  }

  /**
   * The checkpoints of a job stay as they are, and another process, or the next job, may have them.
   */
  private void letGo(JobId job) {
    CheckpointLedger ledger = ledgers.remove(job);
    if (ledger != null) {
      io.submit(Coordinator.ledgerLane(job), () -> ledger.close(JobPhase.FAILED));
    }
  }

  private void updated(Object message) {
    JobUpdate update = (JobUpdate) message;
    JobHandle job = jobs.get(update.job());
    if (job == null) {
      throw new IllegalStateException("nobody here knows the job of " + update);
    }
    try {
      if (update instanceof JobUpdate.Ended) {
        jobs.remove(update.job());
        ledgers.remove(update.job());
        onJobEnd.accept(this);
      }
    } finally {
      // Whatever could not be closed: whoever waits for the job is told.
      job.update(update);
    }
  }
}
