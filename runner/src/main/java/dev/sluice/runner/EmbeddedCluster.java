package dev.sluice.runner;

import dev.sluice.coordinator.ClientRequest;
import dev.sluice.coordinator.Coordinator;
import dev.sluice.coordinator.JobSpec;
import dev.sluice.coordinator.JobUpdate;
import dev.sluice.coordinator.JournalEntry;
import dev.sluice.worker.protocol.JobId;
import dev.sluice.worker.world.Clock;
import dev.sluice.worker.world.IoThreads;
import dev.sluice.worker.world.LocalNetwork;
import dev.sluice.worker.world.SystemClock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
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

  /** As little as a budget can be: every key leaves the heap when the next is selected. */
  private static final long NO_STATE_BYTES = 1;

  /** Where the job's worker is killed and started anew. */
  private static final String FIRE = "fire";

  /** They read and write what the coordinator knows of checkpoints. */
  private static final int IO_THREADS = 4;

  /** How long the coordinator's work on a storage may take after the last job. */
  private static final long IO_END_LIMIT_MS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCluster.class);

  private final LocalNetwork network = new LocalNetwork();
  private final Clock clock = new SystemClock();
  private final IoThreads io = new IoThreads(IO_THREADS);
  private final Map<JobId, JobHandle> jobs = new ConcurrentHashMap<>();
  private final long stateBytes;
  private final Optional<CrashPlan> fire;
  private final Consumer<EmbeddedCluster> onJobEnd;
  private volatile LocalWorker worker;
  private volatile boolean closed;

  private EmbeddedCluster(
      long stateBytes, Optional<CrashPlan> fire, Consumer<EmbeddedCluster> onJobEnd) {
    this.stateBytes = stateBytes;
    this.fire = fire;
    this.onJobEnd = onJobEnd;
  }

  /**
   * Starts a cluster.
   *
   * @param stateBytes what the state of all jobs may take on the heap
   * @param onJobEnd called by the client's endpoint for each job that has ended, before whoever
   *     waits for the job learns it
   */
  static EmbeddedCluster start(long stateBytes, Consumer<EmbeddedCluster> onJobEnd) {
    EmbeddedCluster cluster = new EmbeddedCluster(stateBytes, Optional.empty(), onJobEnd);
    cluster.wire();
    return cluster;
  }

  /** Starts a cluster for one job, which loses its worker once and with which it is closed. */
  static EmbeddedCluster startUnderFire(CrashPlan plan) {
    EmbeddedCluster cluster =
        new EmbeddedCluster(NO_STATE_BYTES, Optional.of(plan), EmbeddedCluster::close);
    cluster.wire();
    return cluster;
  }

  private void wire() {
    network.register(CLIENT, this::updated);
    network.register(FIRE, this::crash);
    // What a decision rests on is in this process: if it ends, nobody is left to replay the
    // journal.
    network.register(COORDINATOR, new Coordinator(COORDINATOR, network, this::decided, io));
    worker = newWorker();
  }

  private LocalWorker newWorker() {
    return new LocalWorker(
        WORKER, COORDINATOR, network, clock, stateBytes, fire.map(CrashPlan::seed));
  }

  private void decided(JournalEntry entry) {
    LOG.debug("{}", entry);
    fire.map(plan -> plan.seen(entry))
        .filter(OptionalLong::isPresent)
        .ifPresent(delay -> loseWorker(entry.job(), delay.getAsLong()));
  }

  /** Without a delay nothing that the coordinator says next is heard. */
  private void loseWorker(JobId job, long delayMs) {
    LOG.info("job {} loses its worker in {} ms", job, delayMs);
    if (delayMs == 0) {
      worker.kill();
    }
    network.sendLater(FIRE, job, delayMs);
  }

  /** Kills the worker, and starts another one in its place as soon as it is dead. */
  private void crash(Object job) {
    LocalWorker lost = worker;
    lost.kill();
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
    send(new ClientRequest.Submit(spec));
    return job;
  }

  /** Asks the coordinator for something. */
  void send(ClientRequest request) {
    network.send(COORDINATOR, request);
  }

  /** Ends all threads of the cluster, which must have no job any more. Does not wait for them. */
  synchronized void close() {
    worker.close();
    network.close();
    io.close();
    closed = true;
  }

  /** If the cluster was closed, waits until none of its threads is left. */
  void awaitClosed() throws InterruptedException {
    if (closed) {
      network.awaitEnded();
      worker.awaitEnded();
      io.awaitEnded(IO_END_LIMIT_MS);
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
      onJobEnd.accept(this);
    }
    job.update(update);
  }
}
