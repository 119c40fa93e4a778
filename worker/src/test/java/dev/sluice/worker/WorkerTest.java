package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Attempt;
import dev.sluice.protocol.Barrier;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.Program;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import dev.sluice.worker.body.DirectBodies;
import dev.sluice.worker.task.Task;
import dev.sluice.worker.task.TaskEvent;
import dev.sluice.worker.task.TaskMessage;
import dev.sluice.worker.world.StateRoom;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.SystemClock;
import dev.sluice.worker.world.TaskRunner;
import dev.sluice.worker.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.junit.jupiter.api.Test;

/** A worker without threads: its tasks are stepped, and its messages delivered, by the test. */
class WorkerTest {
  private static final JobId JOB = new JobId("job-1");

  private final List<WorkerEvent> events = new ArrayList<>();
  private final Map<TaskRunner.Steppable, Boolean> ended = new LinkedHashMap<>();
  private final Deque<Object> toWorker = new ArrayDeque<>();
  private final List<Object> later = new ArrayList<>();
  private final List<String> interrupted = new ArrayList<>();
  private final Worker worker =
      new Worker(
          WorkerWire.membership("worker"),
          new World(
              new SystemClock(),
              new WorkerWire(
                  toWorker::add,
                  from -> events.add((WorkerEvent) from.content()),
                  this::comesLater),
              job -> new MemoryDisk(1L << 20),
              new ByHand(),
              (lane, work) -> work.run(),
              StateRoom.inMemory(1L << 30)),
          WorkerWire.resolvers(),
          new DirectBodies());

  private void tell(WorkerCommand command) {
    worker.handle(WorkerWire.command(1, command));
  }

  private void comesLater(Object message) {
    if (message instanceof RunEvent) {
      later.add(message);
    }
  }

  private final class ByHand implements TaskRunner {
    @Override
    public void start(String name, ClassLoader loader, Steppable task) {
      ended.put(task, false);
      task.started(
          new Handle() {
            @Override
            public void wake() {}

            @Override
            public void interrupt() {
              interrupted.add(name);
            }

            @Override
            public void rest() {
              throw new AssertionError("nothing here fills a channel");
            }
          });
    }
  }

  /** Steps and delivers until nothing happens any more. */
  private void settle() {
    boolean worked = true;
    while (worked) {
      worked = false;
      for (Map.Entry<TaskRunner.Steppable, Boolean> task : List.copyOf(ended.entrySet())) {
        if (!task.getValue()) {
          Step step = task.getKey().step();
          if (step == Step.FINISHED) {
            ended.put(task.getKey(), true);
            task.getKey().ended();
          }
          worked |= step == Step.WORKED || step == Step.FINISHED;
        }
      }
      while (!toWorker.isEmpty()) {
        worker.handle(toWorker.poll());
        worked = true;
      }
    }
  }

  private static Pipeline pipeline() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(CrashingRunner.class);
    return Pipeline.create(options);
  }

  private static final class Pass extends DoFn<byte[], byte[]> {
    private final boolean fails;

    Pass(boolean fails) {
      this.fails = fails;
    }

    @ProcessElement
    public void process(@Element byte[] element, OutputReceiver<byte[]> output) {
      if (fails) {
        throw new IllegalArgumentException("refused");
      }
      output.output(element);
    }
  }

  private void deploy(Pipeline pipeline, boolean badSplits) {
    Program program = WorkerWire.program(pipeline, false);
    JobGraph graph = JobGraphs.translate(program.pipeline(), false);
    List<TaskId> tasks = graph.stages().stream().map(s -> new TaskId(s.id(), 0)).toList();
    Map<String, List<SourceSplit>> splits = new LinkedHashMap<>();
    for (Stage stage : graph.stages()) {
      if (badSplits && stage.root() instanceof Node.Read read) {
        splits.put(read.transformId(), List.of(new SourceSplit(0, 1, new byte[] {1, 2, 3})));
      }
    }
    tell(new WorkerCommand.Deploy(JOB, program, tasks, splits, 1, false, Attempt.withoutStorage()));
  }

  /** Lets the tasks be built and started, and takes none of their steps. */
  private void assemble() {
    TaskRunner.Steppable assembly = List.copyOf(ended.keySet()).get(0);
    while (assembly.step() != Step.FINISHED) {
      // Some of the tasks in each step.
    }
    ended.put(assembly, true);
    assembly.ended();
    worker.handle(toWorker.poll());
  }

  private <T> List<T> events(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void aJobThatIsDoneAcknowledgesCheckpointsAndStops() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Impulse.create()).apply("Pass", ParDo.of(new Pass(false)));
    deploy(pipeline, false);
    settle();
    assertThat(events(WorkerEvent.TaskFinished.class)).isNotEmpty();

    tell(new WorkerCommand.TriggerCheckpoint(JOB, 1, Barrier.RELEASE));
    settle();
    assertThat(events(WorkerEvent.CheckpointAcknowledged.class))
        .hasSameSizeAs(events(WorkerEvent.TaskFinished.class));
    tell(new WorkerCommand.CompleteCheckpoint(JOB, 1));
    settle();
    assertThat(events(WorkerEvent.CheckpointReleased.class)).hasSize(1);

    tell(new WorkerCommand.ProbeQuiescence(JOB, 1));
    settle();
    WorkerEvent.Quiet quiet = events(WorkerEvent.Quiet.class).get(0);
    assertThat(quiet.sent()).isEqualTo(quiet.received());

    tell(new WorkerCommand.Stop(JOB));
    settle();
    assertThat(events(WorkerEvent.JobStopped.class)).hasSize(1);
    assertThat(events(WorkerEvent.TaskFailed.class)).isEmpty();
  }

  @Test
  void whatIsSaidToAnAttemptThatWaitsForTheEndOfTheLastOneIsMeantForIt() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Impulse.create()).apply("Pass", ParDo.of(new Pass(false)));
    deploy(pipeline, false);
    deploy(pipeline, false);
    tell(new WorkerCommand.TriggerCheckpoint(JOB, 1, Barrier.RELEASE));
    settle();

    assertThat(events(WorkerEvent.JobStopped.class)).hasSize(1);
    assertThat(events(WorkerEvent.TaskFinished.class)).isNotEmpty();
    assertThat(events(WorkerEvent.CheckpointAcknowledged.class))
        .hasSameSizeAs(events(WorkerEvent.TaskFinished.class));
  }

  private void split() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Create.of(1, 2, 3));
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    tell(new WorkerCommand.SplitSources(JOB, WorkerWire.program(pipeline, false), Map.of(), 2));
  }

  @Test
  void aJobStoppedWhileItsSourcesAreSplitIsReportedWhenThatThreadHasEnded() {
    split();
    tell(new WorkerCommand.Stop(JOB));
    assertThat(events(WorkerEvent.JobStopped.class)).isEmpty();
    assertThat(interrupted).containsExactly("split:job-1");

    settle();

    assertThat(events(WorkerEvent.JobStopped.class)).hasSize(1);
  }

  @Test
  void aJobStoppedAfterItsSourcesWereSplitIsReportedAtOnce() {
    split();
    settle();
    assertThat(events(WorkerEvent.SourcesSplit.class)).hasSize(1);

    tell(new WorkerCommand.Stop(JOB));

    assertThat(events(WorkerEvent.JobStopped.class)).hasSize(1);
  }

  @Test
  void aCommandThatMakesNoSenseFailsItsJobAndNoOther() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Impulse.create()).apply("Pass", ParDo.of(new Pass(false)));
    deploy(pipeline, false);
    assemble();

    tell(new WorkerCommand.Quiescent(JOB, new TaskId("s9", 0)));

    assertThat(events(WorkerEvent.TaskFailed.class))
        .singleElement()
        .satisfies(failed -> assertThat(failed.job()).isEqualTo(JOB));
  }

  @Test
  void aTaskThatFailedAcknowledgesNothing() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Impulse.create()).apply("Refuse", ParDo.of(new Pass(true)));
    deploy(pipeline, false);
    tell(new WorkerCommand.TriggerCheckpoint(JOB, 1, Barrier.RELEASE));
    settle();
    tell(new WorkerCommand.TriggerCheckpoint(JOB, 2, Barrier.RELEASE));
    settle();

    assertThat(events(WorkerEvent.TaskFailed.class)).hasSize(1);
    assertThat(events(WorkerEvent.TaskFailed.class).get(0).failure().transform())
        .contains("Refuse");
    List<TaskId> finished =
        events(WorkerEvent.TaskFinished.class).stream()
            .map(WorkerEvent.TaskFinished::task)
            .toList();
    assertThat(events(WorkerEvent.CheckpointAcknowledged.class))
        .filteredOn(ack -> ack.checkpoint() == 2)
        .extracting(WorkerEvent.CheckpointAcknowledged::task)
        .containsExactlyElementsOf(finished);
  }

  /** As if another worker, which has the source, had been told of the checkpoint first. */
  private void letABarrierComeThroughTheChannels(long checkpoint) {
    List<Task> tasks =
        ended.keySet().stream().filter(Task.class::isInstance).map(Task.class::cast).toList();
    tasks.get(0).post(new TaskMessage.TriggerCheckpoint(checkpoint, Barrier.RELEASE));
    while (toWorker.stream().filter(WorkerTest::acknowledges).count() < tasks.size()) {
      tasks.forEach(Task::step);
    }
    while (!toWorker.isEmpty()) {
      worker.handle(toWorker.poll());
    }
  }

  private static boolean acknowledges(Object message) {
    return message instanceof RunEvent.OfTask of
        && of.event() instanceof TaskEvent.CheckpointAcknowledged;
  }

  private void deployTwoTasks() {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Impulse.create())
        .apply(Reshuffle.viaRandomKey())
        .apply("Pass", ParDo.of(new Pass(false)));
    deploy(pipeline, false);
    assemble();
    assertThat(ended).hasSize(1 + 2);
  }

  @Test
  void anAnswerThatComesBeforeTheCheckpointIsTriggeredHereCounts() {
    deployTwoTasks();
    letABarrierComeThroughTheChannels(1);
    assertThat(events(WorkerEvent.CheckpointAcknowledged.class)).isEmpty();

    tell(new WorkerCommand.TriggerCheckpoint(JOB, 1, Barrier.RELEASE));
    assertThat(events(WorkerEvent.CheckpointAcknowledged.class)).hasSize(2);

    settle();
    assertThat(events(WorkerEvent.CheckpointAcknowledged.class)).hasSize(2);
  }

  @Test
  void anEarlyAnswerToACheckpointThatIsAbandonedIsForgotten() {
    deployTwoTasks();
    letABarrierComeThroughTheChannels(1);
    tell(new WorkerCommand.AbandonCheckpoint(JOB, 1));
    tell(new WorkerCommand.TriggerCheckpoint(JOB, 2, Barrier.RELEASE));
    settle();

    assertThat(events(WorkerEvent.CheckpointAcknowledged.class))
        .hasSize(2)
        .allMatch(ack -> ack.checkpoint() == 2);
  }

  @Test
  void aJobWhoseTasksCannotBeBuiltFailsAndStops() {
    Pipeline pipeline = pipeline();
    pipeline.apply("Count", GenerateSequence.from(0));
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    deploy(pipeline, true);
    settle();
    assertThat(events(WorkerEvent.TaskFailed.class))
        .singleElement()
        .satisfies(failed -> assertThat(failed.failure().transform()).startsWith("Count/"));

    tell(new WorkerCommand.Stop(JOB));
    settle();
    assertThat(events(WorkerEvent.JobStopped.class)).hasSize(1);
  }

  @Test
  void whatIsSaidWhileTasksAreBuiltIsToldToThemInItsOrder() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Impulse.create()).apply("Pass", ParDo.of(new Pass(false)));
    deploy(pipeline, false);
    tell(new WorkerCommand.TriggerCheckpoint(JOB, 1, Barrier.RELEASE));
    tell(new WorkerCommand.AbandonCheckpoint(JOB, 1));
    tell(new WorkerCommand.TriggerCheckpoint(JOB, 2, Barrier.RELEASE));
    assertThat(events).isEmpty();

    settle();

    assertThat(events(WorkerEvent.TaskFinished.class)).isNotEmpty();
    assertThat(events(WorkerEvent.CheckpointAcknowledged.class))
        .hasSameSizeAs(events(WorkerEvent.TaskFinished.class))
        .allMatch(ack -> ack.checkpoint() == 2);
  }

  @Test
  void metricsAreToldWhileTasksAreBuilt() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Impulse.create()).apply("Pass", ParDo.of(new Pass(false)));
    deploy(pipeline, false);

    tell(new WorkerCommand.ReportMetrics(JOB, 7));

    assertThat(events(WorkerEvent.Metrics.class))
        .singleElement()
        .satisfies(metrics -> assertThat(metrics.request()).isEqualTo(7));
  }

  @Test
  void aJobStoppedWhileItsTasksAreBuiltStartsNone() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Impulse.create()).apply("Pass", ParDo.of(new Pass(false)));
    deploy(pipeline, false);
    tell(new WorkerCommand.TriggerCheckpoint(JOB, 1, Barrier.RELEASE));
    tell(new WorkerCommand.Stop(JOB));
    worker.handle(later.remove(0));
    assertThat(events).isEmpty();
    assertThat(interrupted).containsExactly("build:job-1", "build:job-1");

    settle();

    assertThat(ended).hasSize(1);
    assertThat(events).singleElement().isInstanceOf(WorkerEvent.JobStopped.class);
  }

  @Test
  void whatDoesNotStopIsInterruptedAgainAndAgain() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Impulse.create()).apply("Pass", ParDo.of(new Pass(false)));
    deploy(pipeline, false);
    assemble();
    tell(new WorkerCommand.Stop(JOB));
    int tasks = ended.size() - 1;
    for (int overdue = 1; overdue <= 3; overdue++) {
      worker.handle(later.remove(0));
      assertThat(interrupted).hasSize(overdue * tasks);
    }
    settle();
    assertThat(events(WorkerEvent.JobStopped.class)).hasSize(1);
    worker.handle(later.remove(0));
    assertThat(later).isEmpty();
  }
}
