package dev.sluice.worker;

import static java.util.stream.Collectors.joining;

import dev.sluice.protocol.Barrier;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.state.error.Thrown;
import dev.sluice.worker.RunEvent.Run;
import dev.sluice.worker.body.BodyFactory;
import dev.sluice.worker.task.EndedTask;
import dev.sluice.worker.task.Failures;
import dev.sluice.worker.task.Task;
import dev.sluice.worker.task.TaskEvent;
import dev.sluice.worker.task.TaskEvent.CheckpointAnswer;
import dev.sluice.worker.task.TaskEvent.Counters;
import dev.sluice.worker.task.TaskFailure;
import dev.sluice.worker.task.TaskMessage;
import dev.sluice.worker.world.ManualClock;
import dev.sluice.worker.world.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of one job on this worker, and what is known of each.
 *
 * <p>Owned by the worker's loop; the tasks are built by a {@link TaskAssembly} beside it, and
 * commands for them that arrive meanwhile are handed over, in order, once they have been started.
 * Always true: a task is in {@link #alive} until its thread has taken its last step, then in {@link
 * #ended}; it is in {@link #finished} from the moment it has reported that all its work is done.
 */
final class RunningJob {
  private static final Logger LOG = LoggerFactory.getLogger(RunningJob.class);
  private static final long STOP_GRACE_MS = 1_000;
  private static final int STOP_GRACES_BEFORE_WARNING = 5;

  private final WorkerCommand.Deploy deploy;
  private final World world;
  private final BodyFactory bodies;
  private final Line line;
  private final Exceptions exceptions;
  private final ClassLoader loader;
  private final ManualClock manualClock;
  private final JobResources resources;
  private final Run run;
  private Map<TaskId, Task> tasks = new LinkedHashMap<>();
  private final Set<TaskId> alive = new LinkedHashSet<>();
  private final Map<TaskId, EndedTask> ended = new LinkedHashMap<>();
  private final Map<TaskId, Counters> finished = new LinkedHashMap<>();
  private final TreeMap<Long, PendingCheckpoint> unacknowledged = new TreeMap<>();

  /**
   * Answers to checkpoints that the coordinator has not announced to this worker yet: a barrier may
   * come through the channels first.
   */
  private final TreeMap<Long, List<CheckpointAnswer>> early = new TreeMap<>();

  private long lastTriggered = -1;
  private final TreeMap<Long, Set<TaskId>> unreleased = new TreeMap<>();
  private final List<MetricsContainerStepMap> metrics = new ArrayList<>();

  /** The tasks that have answered the probe for quiescence. */
  private final Map<TaskId, Counters> quiet = new LinkedHashMap<>();

  /** The probe that waits for its answer; -1 if none does. */
  private long probe = -1;

  /** Builds the tasks; null when it has. */
  private TaskAssembly assembly;

  /** The building of the tasks; null before that has begun and when it has ended. */
  private BackgroundWork building;

  /** Commands for the tasks that arrived while they were being built. */
  private final List<WorkerCommand> postponed = new ArrayList<>();

  private boolean stopping;
  private boolean stopped;
  private int overdue;

  /**
   * A checkpoint that some tasks here have not answered for.
   *
   * @param save whether it saves anything
   * @param missing those tasks
   */
  private record PendingCheckpoint(long checkpoint, boolean save, Set<TaskId> missing) {
    void acknowledgeBy(EndedTask task) {
      task.acknowledge(checkpoint, save);
    }
  }

  RunningJob(
      WorkerCommand.Deploy deploy,
      World world,
      Resolvers resolvers,
      BodyFactory bodies,
      Line line) {
    this.deploy = deploy;
    this.world = world;
    this.bodies = bodies;
    this.line = line;
    this.exceptions = resolvers.exceptions();
    this.loader = resolvers.code().loader(deploy.job(), deploy.program().code());
    this.manualClock = deploy.manualClock() ? new ManualClock(beginsAtMs(deploy)) : null;
    this.resources =
        JobResources.of(
            deploy, world, resolvers, manualClock != null ? manualClock : world.clock()::nowMs);
    this.run = new Run(deploy.job(), deploy.attempt().number());
  }

  private static long beginsAtMs(WorkerCommand.Deploy deploy) {
    long start = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
    // One that nobody had moved when its checkpoint was taken stands before the start of time.
    return deploy
        .attempt()
        .restore()
        .map(point -> Math.max(start, point.jobClockMs()))
        .orElse(start);
  }

  Run run() {
    return run;
  }

  JobId id() {
    return deploy.job();
  }

  /** Whether all threads have ended after a stop; the job can be forgotten. */
  boolean stopped() {
    return stopped;
  }

  /** Begins to build the tasks. */
  void start() {
    assembly =
        new TaskAssembly(deploy, resources, event -> post(new RunEvent.OfTask(run, event)), bodies);
    BackgroundWork work = new BackgroundWork(assembly, () -> post(new RunEvent.AssemblyEnded(run)));
    world.tasks().start("build:" + id(), loader, work);
    building = work;
  }

  /** The tasks are built: starts them, and hands over the commands that arrived meanwhile. */
  private void assembled() {
    tasks = assembly.tasks();
    metrics.addAll(assembly.metrics());
    Optional<TaskFailure> failure = assembly.failure();
    assembly = null;
    building = null;
    if (stopping) {
      stopIfEnded();
    } else if (failure.isPresent()) {
      failed(failure.get());
    } else {
      startTasks();
      postponed.forEach(this::tell);
    }
    postponed.clear();
  }

  private void startTasks() {
    try {
      for (Map.Entry<TaskId, Task> entry : tasks.entrySet()) {
        Task task = entry.getValue();
        if (deploy.attempt().draining()) {
          task.post(new TaskMessage.Drain());
        }
        world.tasks().start("task:" + task.spec().name(), loader, task);
        alive.add(entry.getKey());
      }
    } catch (Throwable e) {
      // An error too: there may be no room for one more thread.
      failed(Failures.of(e, id().value()));
    }
  }

  void handle(WorkerCommand command) {
    if (command instanceof WorkerCommand.Stop) {
      stop();
    } else if (command instanceof WorkerCommand.ReportMetrics report) {
      send(new WorkerEvent.Metrics(id(), report.request(), mergedMetrics()));
    } else if (building != null) {
      postponed.add(command);
    } else {
      tell(command);
    }
  }

  private void tell(WorkerCommand command) {
    if (command instanceof WorkerCommand.SetClock clock) {
      manualClock.moveTo(clock.nowMs());
      postToAll(new TaskMessage.ClockMoved());
    } else if (command instanceof WorkerCommand.ProbeQuiescence asked) {
      probe = asked.round();
      quiet.clear();
      quiet.putAll(finished);
      postToAll(new TaskMessage.Probe(probe));
      reportQuiet();
    } else if (command instanceof WorkerCommand.Quiescent quiescent) {
      tasks.get(quiescent.task()).post(new TaskMessage.Quiescent());
    } else if (command instanceof WorkerCommand.TriggerCheckpoint trigger) {
      trigger(trigger);
    } else if (command instanceof WorkerCommand.CompleteCheckpoint complete) {
      complete(complete.checkpoint());
    } else if (command instanceof WorkerCommand.AbandonCheckpoint abandon) {
      abandon(abandon.checkpoint());
    } else if (command instanceof WorkerCommand.Drain) {
      postToAll(new TaskMessage.Drain());
    } else {
      throw new IllegalArgumentException("a running job got " + command);
    }
  }

  void handle(RunEvent event) {
    if (event instanceof RunEvent.OfTask of) {
      handle(of.event());
    } else if (event instanceof RunEvent.AssemblyEnded) {
      assembled();
    } else if (event instanceof RunEvent.StopOverdue) {
      stopOverdue();
    }
  }

  /** Handles what a task reports; what the coordinator needs of it is sent on from here. */
  private void handle(TaskEvent event) {
    if (event instanceof TaskEvent.Finished done) {
      finish(done);
    } else if (event instanceof TaskEvent.Failed failed) {
      failed(failed.failure());
    } else if (event instanceof TaskEvent.Ended) {
      end(event.task());
    } else if (event instanceof TaskEvent.Quiet answer) {
      // A finished task is counted as it finished, in each round alike.
      if (answer.round() == probe && !finished.containsKey(answer.task())) {
        quiet.put(answer.task(), answer.counters());
        reportQuiet();
      }
    } else if (event instanceof TaskEvent.QuiescenceWanted) {
      send(new WorkerEvent.QuiescenceWanted(id(), event.task()));
    } else if (event instanceof TaskEvent.ClockMoved moved) {
      send(new WorkerEvent.ClockMoved(id(), moved.nowMs()));
    } else if (event instanceof TaskEvent.CheckpointWanted wanted) {
      send(new WorkerEvent.CheckpointWanted(id(), wanted.task(), wanted.completed()));
    } else if (event instanceof CheckpointAnswer answer) {
      answered(answer);
    } else if (event instanceof TaskEvent.CheckpointReleased released) {
      release(released.task(), released.checkpoint());
    }
  }

  private void failed(TaskFailure failure) {
    send(new WorkerEvent.TaskFailed(id(), failure.report(exceptions)));
  }

  private void stopOverdue() {
    stopBuilding();
    alive.forEach(task -> tasks.get(task).interrupt());
    overdue++;
    if (overdue == STOP_GRACES_BEFORE_WARNING) {
      alive.forEach(task -> warnOf(tasks.get(task)));
    }
    if (!stopped) {
      // User code may swallow an interrupt and block again.
      stopLater();
    }
  }

  private void stop() {
    if (!stopping) {
      stopping = true;
      stopBuilding();
      postToAll(new TaskMessage.Stop());
      stopLater();
      stopIfEnded();
    }
  }

  private void stopBuilding() {
    if (building != null) {
      building.stop();
    }
  }

  private void warnOf(Task task) {
    LOG.warn(
        "{} has not ended {} s after it was asked to: user code of transform '{}' does not return"
            + " and ignores that its thread is interrupted. It is at{}",
        task.spec().name(),
        STOP_GRACES_BEFORE_WARNING * STOP_GRACE_MS / 1000,
        task.transformAtWork(),
        task.whereabouts().stream().map(frame -> "\n\tat " + frame).collect(joining()));
  }

  private void stopLater() {
    line.postLater(new RunEvent.StopOverdue(run), STOP_GRACE_MS);
  }

  private void finish(TaskEvent.Finished event) {
    finished.put(event.task(), event.counters());
    if (probe >= 0) {
      quiet.putIfAbsent(event.task(), event.counters());
      reportQuiet();
    }
    send(new WorkerEvent.TaskFinished(id(), event.task()));
  }

  private void end(TaskId task) {
    EndedTask left = tasks.get(task).afterEnd();
    alive.remove(task);
    ended.put(task, left);
    unacknowledged.values().forEach(pending -> pending.acknowledgeBy(left));
    List.copyOf(unreleased.keySet()).forEach(c -> release(task, c));
    stopIfEnded();
  }

  private void stopIfEnded() {
    if (stopping && building == null && alive.isEmpty() && !stopped) {
      stopped = true;
      tasks.values().forEach(task -> quietly(() -> task.afterEnd().close()));
      quietly(resources::close);
      send(new WorkerEvent.JobStopped(id(), mergedMetrics()));
    }
  }

  /** What cannot be closed must not keep the job from its end. */
  private void quietly(Runnable close) {
    try {
      close.run();
    } catch (Throwable e) {
      LOG.error("a part of job {} could not be closed", id(), Thrown.printable(e));
    }
  }

  /**
   * Tells every task, not only sources: one whose inputs have all ended gets no barrier from them,
   * whether it has finished or still waits for its timers. A task that has ended is acknowledged
   * for only if it had finished: what failed has lost what it was doing.
   */
  private void trigger(WorkerCommand.TriggerCheckpoint trigger) {
    PendingCheckpoint pending =
        new PendingCheckpoint(
            trigger.checkpoint(),
            trigger.barrier() != Barrier.RELEASE,
            new LinkedHashSet<>(tasks.keySet()));
    lastTriggered = trigger.checkpoint();
    unacknowledged.put(trigger.checkpoint(), pending);
    postToAll(new TaskMessage.TriggerCheckpoint(trigger.checkpoint(), trigger.barrier()));
    early.getOrDefault(trigger.checkpoint(), List.of()).forEach(this::answered);
    early.headMap(trigger.checkpoint(), true).clear();
    ended.values().forEach(pending::acknowledgeBy);
  }

  /** Passes on what a task has answered, if somebody waits for it. */
  private void answered(CheckpointAnswer answer) {
    if (answer.checkpoint() > lastTriggered) {
      early.computeIfAbsent(answer.checkpoint(), checkpoint -> new ArrayList<>()).add(answer);
      return;
    }
    PendingCheckpoint pending = unacknowledged.get(answer.checkpoint());
    if (pending == null || !pending.missing().remove(answer.task())) {
      return;
    }
    if (pending.missing().isEmpty()) {
      unacknowledged.remove(answer.checkpoint());
    }
    if (answer instanceof TaskEvent.CheckpointAcknowledged ack) {
      send(
          new WorkerEvent.CheckpointAcknowledged(
              id(), ack.task(), ack.checkpoint(), ack.snapshot(), MetricBytes.of(ack.metrics())));
    } else if (answer instanceof TaskEvent.CheckpointFailed failed) {
      send(
          new WorkerEvent.CheckpointFailed(
              id(), failed.task(), failed.checkpoint(), failed.reason()));
    }
  }

  private void abandon(long checkpoint) {
    lastTriggered = Math.max(lastTriggered, checkpoint);
    unacknowledged.headMap(checkpoint, true).clear();
    early.headMap(checkpoint, true).clear();
    postToAll(new TaskMessage.AbandonCheckpoint(checkpoint));
  }

  private void complete(long checkpoint) {
    unacknowledged.headMap(checkpoint, true).clear();
    unreleased.put(checkpoint, new LinkedHashSet<>(alive));
    ended.values().forEach(task -> task.completed(checkpoint));
    alive.forEach(task -> tasks.get(task).post(new TaskMessage.CompleteCheckpoint(checkpoint)));
    reportReleased(checkpoint);
  }

  private void release(TaskId task, long checkpoint) {
    Set<TaskId> missing = unreleased.get(checkpoint);
    if (missing != null && missing.remove(task)) {
      reportReleased(checkpoint);
    }
  }

  private void reportReleased(long checkpoint) {
    if (unreleased.get(checkpoint).isEmpty()) {
      unreleased.remove(checkpoint);
      send(new WorkerEvent.CheckpointReleased(id(), checkpoint));
    }
  }

  private void reportQuiet() {
    if (probe < 0 || quiet.size() < tasks.size()) {
      return;
    }
    long sent = 0;
    long received = 0;
    long steps = 0;
    for (Counters counters : quiet.values()) {
      sent += counters.sent();
      received += counters.received();
      steps += counters.steps();
    }
    long answered = probe;
    probe = -1;
    send(new WorkerEvent.Quiet(id(), answered, sent, received, steps));
  }

  private MetricBytes mergedMetrics() {
    MetricsContainerStepMap merged = new MetricsContainerStepMap();
    metrics.forEach(merged::updateAll);
    return MetricBytes.of(merged);
  }

  private void postToAll(TaskMessage message) {
    alive.forEach(task -> tasks.get(task).post(message));
  }

  /** Hands something over to the worker's loop. Any thread. */
  private void post(RunEvent event) {
    line.post(event);
  }

  private void send(WorkerEvent event) {
    line.tell(run.attempt(), event);
  }
}
