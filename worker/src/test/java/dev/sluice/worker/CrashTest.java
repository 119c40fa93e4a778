package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Attempt;
import dev.sluice.protocol.Barrier;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.Program;
import dev.sluice.protocol.RestorePoint;
import dev.sluice.protocol.SavedTask;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.TaskSnapshot;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import dev.sluice.translation.Stage;
import dev.sluice.worker.body.DirectBodies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pipeline with state and timers that user code and stops crash at seeded moments, restored from
 * its last checkpoint under whatever parallelism: its results are exact.
 */
class CrashTest {
  private static final JobId JOB = new JobId("job-1");
  private static final int TURNS = 400_000;

  private final FolderFiles files =
      new FolderFiles(new MemoryFolder(1L << 26, MemoryFolder.Faults.NONE), "test");
  private static final StorageLocation PLACE = StorageLocation.of("memory");

  private final Set<TaskId> running = new LinkedHashSet<>();
  private final Map<TaskId, TaskSnapshot> acknowledged = new LinkedHashMap<>();
  private JobGraph graph;
  private Program program;
  private SteppedWorker worker;
  private Map<String, List<SourceSplit>> splits;
  private List<TaskId> tasks = List.of();
  private int attempt;
  private int parallelism;
  private long checkpoint;
  private boolean inFlight;
  private boolean savedInAttempt;
  private boolean stopping;
  private boolean done;
  private int restores;
  private Optional<RestorePoint> last = Optional.empty();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13})
  void whatHappensHappensOnce(long seed) {
    CrashingPipeline.reset();
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(CrashingRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    CrashingPipeline.build(pipeline);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    program = WorkerWire.program(pipeline, true);
    graph = JobGraphs.translate(program.pipeline(), true);
    worker =
        new SteppedWorker(
            seed,
            seed % 2 == 0 ? 1L << 30 : 4_096,
            WorkerWire.resolvers((location, namedBy) -> files),
            new DirectBodies(),
            this::told);
    worker.command(attempt, new WorkerCommand.SplitSources(JOB, program, Map.of(), 3));

    int turns = 0;
    while (!done) {
      worker.turn();
      boolean unsaved = attempt > 0 && last.isEmpty();
      if ((!running.isEmpty() || unsaved) && !stopping) {
        maybeDisturb();
      }
      assertThat(++turns).as("seed %d makes no progress: %s", seed, running).isLessThan(TURNS);
    }

    assertThat(CrashingPipeline.results()).isEqualTo(CrashingPipeline.expected());
    assertThat(restores).as("restores").isPositive();
  }

  private void maybeDisturb() {
    int choice = worker.random().nextInt(300);
    boolean mayCrash = attempt < 8 && (savedInAttempt || attempt == 1);
    if ((choice < 20 || last.isEmpty()) && !inFlight) {
      trigger();
    } else if (choice >= 20 && choice < 26 && mayCrash) {
      CrashingPipeline.crashSoon();
    } else if (choice == 27 && mayCrash) {
      stop();
    } else if (choice == 28 && inFlight) {
      inFlight = false;
      worker.command(attempt, new WorkerCommand.AbandonCheckpoint(JOB, checkpoint));
    }
  }

  private void trigger() {
    inFlight = true;
    acknowledged.clear();
    worker.command(attempt, new WorkerCommand.TriggerCheckpoint(JOB, ++checkpoint, Barrier.SAVE));
  }

  /** Once for an attempt: the worker answers each. */
  private void stop() {
    inFlight = false;
    if (!stopping && !running.isEmpty()) {
      stopping = true;
      worker.command(attempt, new WorkerCommand.Stop(JOB));
    }
  }

  private void deploy() {
    attempt++;
    savedInAttempt = false;
    stopping = false;
    parallelism = 1 + worker.random().nextInt(3);
    tasks = new ArrayList<>();
    for (Stage stage : graph.stages()) {
      for (int i = 0; i < tasksOf(stage); i++) {
        tasks.add(new TaskId(stage.id(), i));
      }
    }
    running.clear();
    running.addAll(tasks);
    restores += last.isPresent() ? 1 : 0;
    worker.command(
        attempt,
        new WorkerCommand.Deploy(
            JOB,
            program,
            tasks,
            splits,
            parallelism,
            false,
            new Attempt(
                attempt, Optional.of(new JobStorage(PLACE, "job", 1, attempt)), last, false)));
  }

  private int tasksOf(Stage stage) {
    return stage.parallelism() == Stage.Parallelism.ONE ? 1 : parallelism;
  }

  private void told(Envelope from) {
    if (from.content() instanceof WorkerEvent.SourcesSplit split) {
      splits = split.splits();
      deploy();
    } else if (from.content() instanceof WorkerEvent.JobStopped) {
      if (running.isEmpty() && !stopping) {
        done = true;
      } else {
        deploy();
      }
    } else if (from.content() instanceof WorkerEvent.TaskFailed failed) {
      assertThat(failed.failure().message()).contains(CrashingPipeline.CRASH);
      stop();
    } else if (from.attempt() == attempt) {
      toldOfThisAttempt((WorkerEvent) from.content());
    }
  }

  private void toldOfThisAttempt(WorkerEvent event) {
    if (event instanceof WorkerEvent.CheckpointAcknowledged ack) {
      if (inFlight && ack.checkpoint() == checkpoint) {
        acknowledged.put(ack.task(), ack.snapshot());
        completeIfAll();
      }
    } else if (event instanceof WorkerEvent.CheckpointFailed) {
      inFlight = false;
      worker.command(attempt, new WorkerCommand.AbandonCheckpoint(JOB, checkpoint));
    } else if (event instanceof WorkerEvent.TaskFinished finished && !stopping) {
      running.remove(finished.task());
      if (running.isEmpty() && last.isPresent()) {
        worker.command(attempt, new WorkerCommand.Stop(JOB));
      }
    }
  }

  private void completeIfAll() {
    if (acknowledged.size() < tasks.size()) {
      return;
    }
    inFlight = false;
    savedInAttempt = true;
    boolean first = last.isEmpty();
    List<SavedTask> saved = new ArrayList<>();
    for (Stage stage : graph.stages()) {
      List<String> names =
          stage.nodes().stream()
              .map(n -> graph.components().getTransformsOrThrow(n.transformId()).getUniqueName())
              .toList();
      for (int i = 0; i < tasksOf(stage); i++) {
        TaskSnapshot snapshot = acknowledged.get(new TaskId(stage.id(), i));
        saved.add(new SavedTask(names, i, tasksOf(stage), snapshot.segments()));
      }
    }
    last = Optional.of(new RestorePoint(checkpoint, PLACE, true, saved, 0, TransformNames.SAME));
    worker.command(attempt, new WorkerCommand.CompleteCheckpoint(JOB, checkpoint));
    if (first) {
      // Whatever the seed, something is restored, if only what all tasks had come to.
      stopping = true;
      worker.command(attempt, new WorkerCommand.Stop(JOB));
    }
  }
}
