package dev.sluice.worker;

import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.RestorePoint;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.world.Clock;
import dev.sluice.state.StateSpace;
import dev.sluice.state.TaskState;
import dev.sluice.state.disk.Disk;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.log.LogLanes;
import dev.sluice.state.log.LogLimits;
import dev.sluice.state.log.LogPlace;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.translation.Exchange;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Stage;
import dev.sluice.translation.StageIndex;
import dev.sluice.worker.body.BodyFactory;
import dev.sluice.worker.exchange.BatchSize;
import dev.sluice.worker.exchange.ChannelWriter;
import dev.sluice.worker.exchange.ExchangeWriter;
import dev.sluice.worker.exchange.InputGate;
import dev.sluice.worker.exchange.LocalChannel;
import dev.sluice.worker.exchange.Room;
import dev.sluice.worker.pardo.SideInputs;
import dev.sluice.worker.stage.Composites;
import dev.sluice.worker.stage.OperatorContexts;
import dev.sluice.worker.stage.PipelineComponents;
import dev.sluice.worker.stage.TaskContext;
import dev.sluice.worker.task.OperatorServices;
import dev.sluice.worker.task.Restore;
import dev.sluice.worker.task.RestoreException;
import dev.sluice.worker.task.Snapshots;
import dev.sluice.worker.task.Task;
import dev.sluice.worker.task.TaskEvent;
import dev.sluice.worker.task.TaskPorts;
import dev.sluice.worker.task.TaskSpec;
import dev.sluice.worker.world.StateRoom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Makes the tasks of one job on this worker, and the channels between them.
 *
 * <p>Owned by one {@link TaskAssembly}. Tasks name each other by {@link Task#wake} only, through
 * the map that is being filled.
 */
final class TaskBuilder {
  private final WorkerCommand.Deploy deploy;
  private final JobGraph graph;
  private final PipelineOptions options;
  private final Optional<CheckpointFiles> storage;
  private final JobResources resources;
  private final Consumer<TaskEvent> events;
  private final BodyFactory bodies;
  private final StageIndex stages;
  private final Composites composites;
  private final SavedTasks savedTasks;
  private final Map<Route, LocalChannel> channels = new LinkedHashMap<>();

  /** One producer task to one consumer task of an exchange. */
  private record Route(String exchangeId, int producer, int consumer) {}

  TaskBuilder(
      WorkerCommand.Deploy deploy,
      JobResources resources,
      Consumer<TaskEvent> events,
      BodyFactory bodies)
      throws RestoreException {
    this.deploy = deploy;
    this.graph = resources.resolvers().programs().graph(deploy.program());
    this.options = JobOptions.read(deploy.program().optionsJson());
    this.resources = resources;
    this.events = events;
    this.bodies = bodies;
    this.stages = StageIndex.of(graph);
    this.composites = Composites.of(graph.components());
    Optional<JobStorage> place = deploy.attempt().storage();
    this.storage =
        place.isPresent()
            ? Optional.of(resources.files().in(place.get().location()))
            : Optional.empty();
    Optional<RestorePoint> point = deploy.attempt().restore();
    this.savedTasks =
        point.isPresent()
            ? SavedTasks.of(point.get(), resources.files().in(point.get().location()))
            : SavedTasks.none();
  }

  /**
   * Makes one task.
   *
   * @param metrics where its steps count
   * @param tasks all tasks made so far and, later, the others that it is to wake
   */
  Task build(TaskId id, MetricsContainerStepMap metrics, Map<TaskId, Task> tasks) {
    Stage stage = stages.stage(id.stageId());
    PipelineComponents components = new PipelineComponents(graph.components(), composites);
    OperatorServices services = new OperatorServices(id, events);
    String name = deploy.job() + "/" + id;
    KeyGroupRange groups = KeyGroups.rangeOf(id.index(), tasksOf(stage));
    TaskState state = new TaskState(groups, space(lane(id)));
    TaskContext context =
        new TaskContext(
            name, id.index(), tasksOf(stage), state, resources.clock(), options, services);
    TaskSpec spec =
        new TaskSpec(id, name, clock(), resources.clock(), !deploy.manualClock(), events);
    SavedState saved =
        new SavedState(savedTasks, groups, stage, graph.components(), id.index(), tasksOf(stage));
    Snapshots snapshots = new Snapshots(spec, state, log(id, saved), metrics);
    StageBuilder builder =
        new StageBuilder(
            stage,
            new OperatorContexts(components, context, metrics),
            deploy.splits(),
            new SideInputs(state, resources.sideInputs(), tasksOf(stage)),
            bodies);
    return new Task(
        spec,
        services,
        snapshots,
        restore(id, saved, state),
        room -> new TaskPorts(gate(id, metrics, tasks), writers(id, components, tasks, room)),
        ports -> builder.build(stages.into(id.stageId()), ports.outputs()));
  }

  private StateSpace space(String task) {
    StateRoom room = resources.world().state();
    return new StateSpace(resources.spill(), room.memory().open(task), room.stores().open(task));
  }

  private Optional<TaskLog> log(TaskId id, SavedState saved) {
    return storage.map(
        files ->
            new TaskLog(
                new LogPlace(
                    files,
                    deploy.attempt().storage().orElseThrow().prefixOf(id) + "/",
                    resources.logDisk(fileName("log", id)),
                    LogLanes.of(resources.world().io()::submit, lane(id))),
                saved.origin(),
                saved.own(),
                resources.names(),
                LogLimits.DEFAULT));
  }

  private Restore restore(TaskId id, SavedState saved, TaskState state) {
    if (saved.isEmpty()) {
      return null;
    }
    Disk scratch = resources.logDisk(fileName("restore", id));
    return new Restore(
        lane(id),
        state,
        () -> saved.read(scratch),
        work -> resources.world().io().submit("restore/" + lane(id), work),
        clock());
  }

  private Clock clock() {
    return resources.world().clock();
  }

  private String lane(TaskId id) {
    return deploy.job() + "/" + deploy.attempt().number() + "/" + id;
  }

  private static String fileName(String what, TaskId id) {
    return what + "-" + id.stageId() + "-" + id.index();
  }

  private int tasksOf(Stage stage) {
    return stage.parallelism() == Stage.Parallelism.ONE ? 1 : deploy.parallelism();
  }

  private InputGate gate(TaskId id, MetricsContainerStepMap metrics, Map<TaskId, Task> tasks) {
    InputGate gate = new InputGate(clock()::nanoTime);
    for (Exchange exchange : stages.into(id.stageId())) {
      Counter elements = metrics.getUnboundContainer().getCounter(elementsOf(exchange));
      int producers = tasksOf(stages.stage(exchange.producerStage()));
      for (int producer = 0; producer < producers; producer++) {
        if (feeds(exchange, producer, id.index())) {
          Route route = new Route(exchange.id(), producer, id.index());
          gate.add(exchange, channel(route, exchange, tasks).reader(), elements);
        }
      }
    }
    return gate;
  }

  /** Beam's name for how many elements of the PCollection that crosses an exchange there were. */
  private static MetricName elementsOf(Exchange exchange) {
    return MonitoringInfoMetricName.named(
        MonitoringInfoConstants.Urns.ELEMENT_COUNT,
        Map.of(MonitoringInfoConstants.Labels.PCOLLECTION, exchange.consumerCollection()));
  }

  private List<ExchangeWriter> writers(
      TaskId id, PipelineComponents components, Map<TaskId, Task> tasks, Room room) {
    List<ExchangeWriter> writers = new ArrayList<>();
    for (Exchange exchange : stages.outOf(id.stageId())) {
      List<ChannelWriter> to = new ArrayList<>();
      int consumers = tasksOf(stages.stage(exchange.consumerStage()));
      for (int consumer = 0; consumer < consumers; consumer++) {
        if (feeds(exchange, id.index(), consumer)) {
          Route route = new Route(exchange.id(), id.index(), consumer);
          to.add(channel(route, exchange, tasks).writer());
        }
      }
      BatchSize size = new BatchSize(components.coder(exchange.coderId()));
      writers.add(
          new ExchangeWriter(exchange, to, hasher(exchange, components), size, id.index(), room));
    }
    return writers;
  }

  /** Whether there is a channel from one task of the producer to one of the consumer. */
  private boolean feeds(Exchange exchange, int producer, int consumer) {
    return exchange.kind() != Exchange.Kind.FORWARD
        || consumer == producer % tasksOf(stages.stage(exchange.consumerStage()));
  }

  private LocalChannel channel(Route route, Exchange exchange, Map<TaskId, Task> tasks) {
    return channels.computeIfAbsent(
        route,
        r ->
            new LocalChannel(
                new Waker(tasks, new TaskId(exchange.producerStage(), r.producer())),
                new Waker(tasks, new TaskId(exchange.consumerStage(), r.consumer()))));
  }

  @SuppressWarnings("unchecked")
  private static KeyHasher<Object> hasher(Exchange exchange, PipelineComponents components) {
    if (exchange.kind() != Exchange.Kind.HASH) {
      return null;
    }
    Coder<?> coder = components.coder(exchange.coderId());
    if (!(coder instanceof KvCoder<?, ?> kv)) {
      throw new IllegalArgumentException(
          "exchange " + exchange.id() + " hashes keys, but its coder is " + coder);
    }
    return KeyHasher.of((Coder<Object>) kv.getKeyCoder());
  }

  /** Wakes a task that is made later than the channel; looks it up the first time. */
  private static final class Waker implements Runnable {
    private final Map<TaskId, Task> tasks;
    private final TaskId id;
    private volatile Task task;

    Waker(Map<TaskId, Task> tasks, TaskId id) {
      this.tasks = tasks;
      this.id = id;
    }

    @Override
    public void run() {
      Task known = task;
      if (known == null) {
        known = tasks.get(id);
        task = known;
      }
      known.wake();
    }
  }
}
