package dev.sluice.runner;

import dev.sluice.coordinator.CheckpointLedger;
import dev.sluice.coordinator.Coordinator;
import dev.sluice.coordinator.Intake;
import dev.sluice.coordinator.JobIntake;
import dev.sluice.coordinator.JobOrigin;
import dev.sluice.coordinator.JournalEntry;
import dev.sluice.coordinator.Leadership;
import dev.sluice.protocol.ClientRequest;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.JobUpdate.JobMetricValues;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.TranslatedPrograms;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.runner.storage.ScratchPlaces;
import dev.sluice.state.error.Thrown;
import dev.sluice.translation.JobGraph;
import dev.sluice.worker.Membership;
import dev.sluice.worker.Resolvers;
import dev.sluice.worker.task.TaskThreads.Suspect;
import dev.sluice.worker.world.IoThreads;
import dev.sluice.worker.world.LocalNetwork;
import dev.sluice.worker.world.SystemClock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator, a worker and a client within this JVM, which talk over a {@link LocalNetwork}: the
 * one place in which they are wired together.
 *
 * <p>Any thread submits; what the coordinator reports about jobs is handled by the client's
 * endpoint alone, until the guard of the heap takes over and ends them.
 */
final class EmbeddedCluster {
  /** The address at which the cluster's jobs are watched. */
  static final String CLIENT = "client";

  private static final String COORDINATOR = "coordinator";
  private static final String WORKER = "worker-0";

  /** The name of the cluster: no other one is on its network. */
  private static final String NAME = "embedded";

  /** Its coordinator leads it for as long as it lives. */
  private static final long EPOCH = 1;

  /** They read and write what the coordinator knows of checkpoints. */
  private static final int IO_THREADS = 4;

  /** How long the coordinator's work on a storage may take after the last job. */
  private static final long IO_END_LIMIT_MS = 1_000;

  /**
   * How long a thread of the engine may take to end; only user code that it calls makes it long.
   */
  private static final long END_LIMIT_MS = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCluster.class);

  private final LiveExceptions exceptions = new LiveExceptions();
  private final FailureCauses causes = new FailureCauses(exceptions);
  private final HeapGuard heap = new HeapGuard(this::atWork, this::giveUp, exceptions);
  private final LocalNetwork network = new LocalNetwork(heap);
  private final IoThreads io = new IoThreads(IO_THREADS, heap);
  private final Map<JobId, JobHandle> jobs = new ConcurrentHashMap<>();
  private final Map<JobId, ClassLoader> loaders = new ConcurrentHashMap<>();
  private final Map<JobId, CheckpointLedger> ledgers = new ConcurrentHashMap<>();
  private final TranslatedPrograms programs = new TranslatedPrograms();
  private final StorageOpener storages;
  private final Intake intake;
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
    ScratchPlaces places = new ScratchPlaces();
    this.storages = interceptor.storages(places);
    this.intake =
        new JobIntake(
            programs,
            new JobOrigin.Places(storages, places, new SystemClock(), Holders.thisProcess()));
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
    network.register(CLIENT, this::receive);
    interceptor.started(network, this::replaceWorker);
    // What a decision rests on is in this process: if it ends, nobody is left to replay the
    // journal.
    network.register(
        COORDINATOR,
        new Coordinator(
            new Leadership(NAME, EPOCH, COORDINATOR),
            network,
            this::decided,
            io,
            this::take,
            exceptions));
    worker = newWorker();
    heap.start();
  }

  private LocalWorker newWorker() {
    return new LocalWorker(
        new Membership(NAME, WORKER, COORDINATOR),
        network,
        new Resolvers(programs, this::loader, storages, exceptions),
        heap,
        stateBytes,
        interceptor);
  }

  /** The caller's own: the classes of a job are in this process already. */
  private ClassLoader loader(JobId job, List<String> hashes) {
    ClassLoader loader = loaders.get(job);
    if (loader == null) {
      throw new IllegalStateException("job " + job + " has ended");
    }
    return loader;
  }

  /** Keeps the ledger of a job, in case nobody else can close it. */
  private Intake.Taken take(Submission submission) {
    Intake.Taken taken = intake.take(submission);
    taken.spec().durability().ifPresent(d -> ledgers.put(submission.id(), d.ledger()));
    return taken;
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

  /**
   * Submits a job; returns at once.
   *
   * @param graph what its pipeline becomes, which the client had to know
   * @param loader of its classes
   */
  JobHandle submit(Submission submission, JobGraph graph, ClassLoader loader, LogLevels logLevels) {
    JobHandle job = new JobHandle(submission.id(), this, logLevels);
    programs.remember(submission.program(), graph);
    loaders.put(submission.id(), loader);
    jobs.put(submission.id(), job);
    send(new ClientRequest.Submit(submission));
    return job;
  }

  /** Asks the coordinator for something. */
  void send(ClientRequest request) {
    network.send(COORDINATOR, new Envelope(NAME, EPOCH, Envelope.BEFORE_ANY, CLIENT, request));
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
   * exhausted: without the coordinator or the worker's loop, which may have lost messages or
   * decisions. By the guard's thread, again and again if there is no memory for it.
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
    Thrown.log(
        LOG,
        "{} ends the jobs of this process",
        failure.where(),
        causes.of(failure, getClass().getClassLoader()));
    while (!closed) {
      // One that was submitted meanwhile gets the same answer.
      for (JobId job : List.copyOf(jobs.keySet())) {
        updated(
            new JobUpdate.Ended(job, JobPhase.FAILED, Optional.of(failure), JobMetricValues.NONE));
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

  private void receive(Object message) {
    if (message instanceof Envelope envelope && envelope.content() instanceof JobUpdate update) {
      updated(update);
    } else {
      throw new IllegalArgumentException("a client got " + message);
    }
  }

  private void updated(JobUpdate update) {
    JobHandle job = jobs.get(update.job());
    if (job == null) {
      throw new IllegalStateException("nobody here knows the job of " + update);
    }
    ClassLoader loader = loaders.get(update.job());
    try {
      if (update instanceof JobUpdate.Ended || update instanceof JobUpdate.Refused) {
        jobs.remove(update.job());
        loaders.remove(update.job());
        ledgers.remove(update.job());
        onJobEnd.accept(this);
      }
    } finally {
      // Whatever could not be closed: whoever waits for the job is notified.
      job.update(update, failure -> causes.of(failure, loader));
    }
  }
}
