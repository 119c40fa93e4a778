package dev.sluice.testing.simulation;

import dev.sluice.coordinator.ClientRequest;
import dev.sluice.coordinator.Coordinator;
import dev.sluice.coordinator.Durability;
import dev.sluice.coordinator.JobSpec;
import dev.sluice.coordinator.JobUpdate;
import dev.sluice.coordinator.SavedCheckpoint;
import dev.sluice.coordinator.StoredLedger;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobSettings;
import dev.sluice.protocol.world.SequencedNetwork;
import dev.sluice.runner.storage.Signatures;
import dev.sluice.state.checkpoint.Holder;
import dev.sluice.state.checkpoint.JobCheckpoints;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import dev.sluice.worker.Worker;
import dev.sluice.worker.body.DirectBodies;
import dev.sluice.worker.world.StateRoom;
import dev.sluice.worker.world.World;
import java.io.IOException;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job on a simulated cluster: a process with the coordinator and the client, one with the
 * worker, and a storage. What crashes is started again, and goes on from the storage.
 *
 * <p>Owned by the test's thread.
 */
final class SimulatedCluster {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedCluster.class);
  private static final long MOST_EVENTS = 3_000_000;
  private static final long SILENCE_MS = 13_000;
  private static final long DISK_BYTES = 1L << 24;

  /** Next to nothing: keys are evicted all the time. */
  private static final long SMALL_ROOM = 2_000;

  private final Simulation simulation;
  private final Trouble trouble;
  private final MemoryFolder storage;
  private Simulation.SimulatedProcess coordinator;
  private Simulation.SimulatedProcess worker;
  private String address;
  private JobGraph graph;
  private Pipeline pipeline;
  private int parallelism;
  private JobUpdate.Ended ended;
  private int starts;
  private int crashesLeft;
  private int diskFaultsLeft;
  private Runnable whenUnreadable = () -> {};
  private long checkpointIntervalMs = 10;

  /**
   * What goes wrong beside messages.
   *
   * @param crashes how many processes crash at most
   * @param diskFaults how many operations of the storage fail at most
   * @param withinMs the time of the simulation in which processes crash
   */
  record Trouble(int crashes, int diskFaults, long withinMs) {
    static final Trouble NONE = new Trouble(0, 0, 0);
  }

  SimulatedCluster(Simulation simulation, Trouble trouble) {
    this.simulation = simulation;
    this.trouble = trouble;
    this.crashesLeft = trouble.crashes();
    this.diskFaultsLeft = trouble.diskFaults();
    this.storage = new MemoryFolder(DISK_BYTES, this::beforeDiskOperation);
  }

  /**
   * Names what is to be done before the storage does not give what it has: the job may then go on
   * from an earlier checkpoint than its last one.
   */
  SimulatedCluster whenUnreadable(Runnable action) {
    whenUnreadable = action;
    return this;
  }

  /** Names the time between two checkpoints that nobody waits for. */
  SimulatedCluster checkpointingEvery(long intervalMs) {
    checkpointIntervalMs = intervalMs;
    return this;
  }

  private void beforeDiskOperation(String operation) throws IOException {
    if (diskFaultsLeft > 0 && starts > 0 && simulation.random().nextInt(20) == 0) {
      diskFaultsLeft--;
      if (operation.startsWith("open")) {
        whenUnreadable.run();
      }
      throw new IOException("No space left on device (simulated, before " + operation + ")");
    }
  }

  /**
   * Runs a pipeline to its end.
   *
   * @throws AssertionError if the job stalls, does not end, or fails
   */
  void run(Pipeline toRun, int tasks) {
    pipeline = toRun;
    parallelism = tasks;
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    graph = JobGraphs.translate(PipelineTranslation.toProto(pipeline), false);
    startCoordinator();
    startWorker();
    for (int i = 0; i < trouble.crashes(); i++) {
      simulation.later(0, trouble.withinMs(), this::crashOne);
    }
    simulation.runUntil(() -> ended != null, MOST_EVENTS);
    if (ended.phase() != JobPhase.DONE) {
      throw new AssertionError(
          "the job ended " + ended.phase() + ": " + ended.failure(),
          ended.failure().map(failure -> failure.cause()).orElse(null));
    }
  }

  private void crashOne() {
    if (ended != null || crashesLeft == 0) {
      return;
    }
    crashesLeft--;
    if (simulation.random().nextInt(3) > 0) {
      worker.crash();
      // Not before the coordinator has given it up: a job's tasks are all on one worker.
      simulation.later(SILENCE_MS, SILENCE_MS + 2_000, this::startWorkerAgain);
    } else {
      // The client and the coordinator are one process, and its embedded worker goes with it.
      coordinator.crash();
      worker.crash();
      storage.crash(simulation.random());
      startCoordinator();
      startWorker();
    }
  }

  /** Unless the crash of the other process has done so already. */
  private void startWorkerAgain() {
    if (!worker.isAlive()) {
      startWorker();
    }
  }

  private void startWorker() {
    worker = simulation.process("worker" + starts++);
    SequencedNetwork network = new SequencedNetwork("net-worker-" + starts, worker);
    new Worker(
        "worker-" + starts,
        address,
        new World(
            worker,
            network,
            job -> new MemoryDisk(Long.MAX_VALUE),
            worker,
            worker,
            StateRoom.inMemory(simulation.random().nextBoolean() ? 1L << 30 : SMALL_ROOM)),
        new DirectBodies());
  }

  private void startCoordinator() {
    coordinator = simulation.process("coordinator" + starts++);
    SequencedNetwork network = new SequencedNetwork("net-coordinator-" + starts, coordinator);
    // One of its own, so that what a worker of before sends late is not taken for this one's.
    address = "coordinator-" + starts;
    network.register("client", this::update);
    network.register(
        address, new Coordinator(address, network, entry -> LOG.debug("{}", entry), coordinator));
    network.send(address, new ClientRequest.Submit(spec()));
  }

  private JobSpec spec() {
    return new JobSpec(
        new JobId("simulated-" + starts),
        graph,
        pipeline.getOptions(),
        getClass().getClassLoader(),
        JobSettings.of(parallelism, checkpointIntervalMs),
        "client",
        trouble.equals(Trouble.NONE) ? Optional.empty() : Optional.of(durability()));
  }

  private Durability durability() {
    while (true) {
      try {
        JobCheckpoints checkpoints =
            JobCheckpoints.claim(
                new FolderFiles(storage, "start-" + starts), "job", new Holder("sim", starts, 0));
        StoredLedger ledger =
            new StoredLedger(
                checkpoints,
                "job",
                Signatures.of(graph),
                TransformNames.SAME,
                (manifest, files, location) -> {},
                coordinator);
        Optional<SavedCheckpoint> latest = ledger.latest(TransformNames.SAME);
        return new Durability(ledger, latest, true);
      } catch (CheckpointException e) {
        if (diskFaultsLeft == 0 && trouble.diskFaults() == 0) {
          throw e;
        }
        // Whoever starts a process whose storage fails starts it again.
      }
    }
  }

  private void update(Object message) {
    if (message instanceof JobUpdate.Ended end) {
      ended = end;
    }
  }
}
