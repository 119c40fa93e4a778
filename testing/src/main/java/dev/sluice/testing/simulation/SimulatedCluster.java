package dev.sluice.testing.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.coordinator.Coordinator;
import dev.sluice.coordinator.Intake;
import dev.sluice.coordinator.JobIntake;
import dev.sluice.coordinator.JobOrigin;
import dev.sluice.coordinator.JobSpec;
import dev.sluice.coordinator.JournalEntry;
import dev.sluice.coordinator.Leadership;
import dev.sluice.coordinator.Scratch;
import dev.sluice.protocol.ClientRequest;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobSettings;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.Program;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.TranslatedPrograms;
import dev.sluice.protocol.WantedOrigin;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.protocol.world.SequencedNetwork;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.runner.storage.Signatures;
import dev.sluice.state.checkpoint.Holder;
import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.translation.JobGraph;
import dev.sluice.worker.Membership;
import dev.sluice.worker.Resolvers;
import dev.sluice.worker.Worker;
import dev.sluice.worker.body.DirectBodies;
import dev.sluice.worker.world.StateRoom;
import dev.sluice.worker.world.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job on a simulated cluster: a process with the coordinator and the client, one with the
 * worker, and a storage. What crashes by {@link Trouble} is started again and resumes from the
 * storage; a test that tells a story crashes and starts processes itself.
 *
 * <p>Owned by the test's thread.
 */
final class SimulatedCluster {
  /** The job's name, under which its checkpoints are claimed. */
  static final String JOB = "job";

  private static final Logger LOG = LoggerFactory.getLogger(SimulatedCluster.class);
  private static final String CLIENT = "client";
  private static final String NAME = "simulated";
  private static final StorageLocation STORAGE = StorageLocation.of("storage");
  private static final long MOST_EVENTS = 3_000_000;
  private static final long SILENCE_MS = 13_000;
  private static final long DISK_BYTES = 1L << 24;

  /** Next to nothing: keys are evicted all the time. */
  private static final long SMALL_ROOM = 2_000;

  private final Simulation simulation;
  private final Trouble trouble;
  private final MemoryFolder storage;
  private final Places places = new Places();
  private final TranslatedPrograms programs = new TranslatedPrograms();
  private final List<JournalEntry> journal = new ArrayList<>();
  private final List<JobUpdate> updates = new ArrayList<>();
  private Simulation.SimulatedProcess coordinator;
  private Simulation.SimulatedProcess worker;
  private SequencedNetwork client;
  private String address;
  private JobId job;
  private JobGraph graph;
  private Program program;
  private JobSettings settings;
  private boolean durable;
  private long mostEvents = MOST_EVENTS;
  private int starts;
  private int crashesLeft;
  private int diskFaultsLeft;
  private MemoryFolder.Faults scriptedFaults = MemoryFolder.Faults.NONE;
  private Runnable whenUnreadable = () -> {};
  private Function<Integer, JobSettings> settingsOf = tasks -> JobSettings.of(tasks, 10);

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
    this.durable = !trouble.equals(Trouble.NONE);
    this.crashesLeft = trouble.crashes();
    this.diskFaultsLeft = trouble.diskFaults();
    this.storage = new MemoryFolder(DISK_BYTES, this::beforeDiskOperation);
  }

  // What a test wants.

  /**
   * Names what is to be done before the storage does not give what it has: the job may then resume
   * from an earlier checkpoint than its last one.
   */
  SimulatedCluster whenUnreadable(Runnable action) {
    whenUnreadable = action;
    return this;
  }

  /** Names the time between two checkpoints that nobody waits for. */
  SimulatedCluster checkpointingEvery(long intervalMs) {
    return with(tasks -> JobSettings.of(tasks, intervalMs));
  }

  /** Names the settings of a job, by its parallelism. */
  SimulatedCluster with(Function<Integer, JobSettings> ofParallelism) {
    settingsOf = ofParallelism;
    return this;
  }

  /** Keeps checkpoints although nothing crashes by itself. */
  SimulatedCluster durable() {
    durable = true;
    return this;
  }

  /** Takes more events than this, from one situation to the next, for a loop without end. */
  SimulatedCluster endingWithin(long events) {
    mostEvents = events;
    return this;
  }

  /** Decides from now on which operations of the storage fail. */
  void storageFails(MemoryFolder.Faults faults) {
    scriptedFaults = faults;
  }

  private void beforeDiskOperation(String operation) throws IOException {
    scriptedFaults.before(operation);
    if (diskFaultsLeft > 0 && starts > 0 && simulation.random().nextInt(20) == 0) {
      diskFaultsLeft--;
      if (operation.startsWith("open")) {
        whenUnreadable.run();
      }
      throw new IOException("No space left on device (simulated, before " + operation + ")");
    }
  }

  // What happens.

  /**
   * Runs a pipeline to its end.
   *
   * @throws AssertionError if the job stalls, does not end, or fails
   */
  void run(Pipeline toRun, int tasks) {
    submit(toRun, tasks);
    for (int i = 0; i < trouble.crashes(); i++) {
      simulation.later(0, trouble.withinMs(), this::crashOne);
    }
    JobUpdate.Ended ended = awaitEnd();
    if (ended.phase() != JobPhase.DONE) {
      throw new AssertionError(
          "the job ended %s: %s%n%s"
              .formatted(
                  ended.phase(),
                  ended.failure(),
                  ended.failure().map(Failure::stackTrace).orElse("")));
    }
  }

  /** Starts both processes, and submits a pipeline. */
  void submit(Pipeline pipeline, int tasks) {
    settings = settingsOf.apply(tasks);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    program = program(pipeline);
    graph = programs.graph(program);
    startCoordinator();
    startWorker();
  }

  /**
   * Lets things happen until {@code done}.
   *
   * @throws AssertionError if the job stalls, or there is no end of it
   */
  void until(BooleanSupplier done) {
    simulation.runUntil(done, mostEvents);
  }

  /** Lets things happen until the job that was submitted last has ended. */
  JobUpdate.Ended awaitEnd() {
    until(() -> ended().isPresent());
    return ended().orElseThrow();
  }

  /** The end of the job that was submitted last, if it has come. */
  Optional<JobUpdate.Ended> ended() {
    return updates.stream()
        .filter(update -> update instanceof JobUpdate.Ended && update.job().equals(job))
        .map(JobUpdate.Ended.class::cast)
        .findFirst();
  }

  /** The client asks for something. */
  void request(Function<JobId, ClientRequest> request) {
    say(request.apply(job));
  }

  private void say(ClientRequest request) {
    client.send(
        address, new Envelope(NAME, Envelope.NO_EPOCH, Envelope.BEFORE_ANY, CLIENT, request));
  }

  private static Program program(Pipeline pipeline) {
    try {
      return new Program(
          PipelineTranslation.toProto(pipeline),
          false,
          new ObjectMapper().writeValueAsString(pipeline.getOptions()),
          List.of());
    } catch (JsonProcessingException e) {
      throw new AssertionError("the options of a simulated pipeline are of Beam alone", e);
    }
  }

  private void crashOne() {
    if (ended().isPresent() || crashesLeft == 0) {
      return;
    }
    crashesLeft--;
    if (simulation.random().nextInt(3) > 0) {
      worker.crash();
      // Not before the coordinator has given it up: a job's tasks are all on one worker.
      simulation.later(SILENCE_MS, SILENCE_MS + 2_000, this::startWorkerAgain);
    } else {
      crashAll();
      startAll();
    }
  }

  /** The client and the coordinator are one process, and its embedded worker goes with it. */
  void crashAll() {
    coordinator.crash();
    worker.crash();
    storage.crash(simulation.random());
  }

  /** Starts both processes, which submit the job again. */
  void startAll() {
    startCoordinator();
    startWorker();
  }

  /** Unless the crash of the other process has done so already. */
  private void startWorkerAgain() {
    if (!worker.isAlive()) {
      startWorker();
    }
  }

  /** Starts a worker under a name of its own. */
  void startWorker() {
    worker = simulation.process("worker" + starts++);
    SequencedNetwork network = new SequencedNetwork("net-worker-" + starts, worker);
    new Worker(
        new Membership(NAME, "worker-" + starts, address),
        new World(
            worker,
            network,
            scratch -> new MemoryDisk(Long.MAX_VALUE),
            worker,
            worker,
            StateRoom.inMemory(simulation.random().nextBoolean() ? 1L << 30 : SMALL_ROOM)),
        new Resolvers(
            programs, (ofJob, hashes) -> getClass().getClassLoader(), places, Exceptions.NOT_KEPT),
        new DirectBodies());
  }

  private void startCoordinator() {
    coordinator = simulation.process("coordinator" + starts++);
    client = new SequencedNetwork("net-coordinator-" + starts, coordinator);
    // One of its own, so that what a worker of before sends late is not taken for this one's.
    address = "coordinator-" + starts;
    job = new JobId("simulated-" + starts);
    client.register(CLIENT, message -> updates.add((JobUpdate) ((Envelope) message).content()));
    client.register(
        address,
        new Coordinator(
            new Leadership(NAME, starts, address),
            client,
            this::decided,
            coordinator,
            this::take,
            Exceptions.NOT_KEPT));
    say(new ClientRequest.Submit(new Submission(job, JOB, program, settings, CLIENT, origin())));
  }

  private WantedOrigin origin() {
    return durable
        ? new WantedOrigin(
            Optional.of(STORAGE),
            Optional.empty(),
            false,
            false,
            TransformNames.SAME,
            Signatures.of(graph))
        : WantedOrigin.none();
  }

  private void decided(JournalEntry entry) {
    LOG.debug("{}", entry);
    journal.add(entry);
  }

  private Intake.Taken take(Submission submission) {
    if (!durable) {
      return new Intake.Taken(JobSpec.of(submission, graph, Optional.empty()), List.of());
    }
    JobIntake intake =
        new JobIntake(
            programs,
            new JobOrigin.Places(places, places, coordinator, new Holder("sim", starts, 0)));
    while (true) {
      try {
        return intake.take(submission);
      } catch (CheckpointException e) {
        if (diskFaultsLeft == 0 && trouble.diskFaults() == 0) {
          throw e;
        }
        // Whoever starts a process whose storage fails starts it again.
      }
    }
  }

  /** The storage of checkpoints, and a folder for each savepoint. */
  private final class Places implements StorageOpener, Scratch {
    private final Map<StorageLocation, MemoryFolder> savepoints = new LinkedHashMap<>();
    private int opened;

    @Override
    public CheckpointFiles open(StorageLocation location, String namedBy) {
      MemoryFolder folder =
          location.equals(STORAGE)
              ? storage
              : savepoints.computeIfAbsent(
                  location, l -> new MemoryFolder(DISK_BYTES, MemoryFolder.Faults.NONE));
      return new FolderFiles(folder, "opened-" + opened++);
    }

    @Override
    public StorageLocation newLocation() {
      throw new AssertionError("a job here has its place, or needs none");
    }

    @Override
    public void delete(StorageLocation location) {
      throw new AssertionError("a job here has its place, or needs none");
    }

    @Override
    public Disk newDisk() {
      return new MemoryDisk(Long.MAX_VALUE);
    }
  }

  // What can be seen.

  /** All decisions so far, of all coordinators. */
  List<JournalEntry> journal() {
    return journal;
  }

  /** All updates that clients have received so far. */
  List<JobUpdate> updates() {
    return updates;
  }

  Simulation.SimulatedProcess coordinator() {
    return coordinator;
  }

  Simulation.SimulatedProcess worker() {
    return worker;
  }

  MemoryFolder storage() {
    return storage;
  }
}
