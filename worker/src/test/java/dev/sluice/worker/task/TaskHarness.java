package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Barrier;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.world.Clock;
import dev.sluice.state.TaskState;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.log.EntryCursor;
import dev.sluice.state.log.LogLanes;
import dev.sluice.state.log.LogLimits;
import dev.sluice.state.log.LogOrigin;
import dev.sluice.state.log.LogPlace;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.StateNames;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.page.SpillArea;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.translation.Exchange;
import dev.sluice.worker.exchange.BatchSize;
import dev.sluice.worker.exchange.ExchangeWriter;
import dev.sluice.worker.exchange.InputGate;
import dev.sluice.worker.exchange.LocalChannel;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.stage.BundleLimits;
import dev.sluice.worker.stage.JavaStage;
import dev.sluice.worker.stage.WatermarkFloor;
import dev.sluice.worker.world.ManualClock;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.metrics.NoOpCounter;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * One task stepped by hand: its inputs, its consumer, its clock and its worker are the test's.
 *
 * <p>{@link #log} has what the operators were called with and what the worker was told; {@link
 * #out} what reached the consumer.
 */
final class TaskHarness implements TaskRunner.Handle, Clock, InputGate.Consumer {
  static final Collection<? extends BoundedWindow> GLOBAL = List.of(GlobalWindow.INSTANCE);
  private static final TaskId ID = new TaskId("s", 0);

  final List<String> log = new ArrayList<>();
  final List<String> out = new ArrayList<>();
  final Map<Long, TaskEvent.CheckpointAcknowledged> acknowledged = new LinkedHashMap<>();
  final TaskState state =
      new TaskState(
          KeyGroups.rangeOf(0, 1), new SpillArea(new MemoryDisk(1L << 20), Long.MAX_VALUE));
  private final WatermarkFloor floor = new WatermarkFloor(state, "A", WatermarkFloor.STATE_ID);
  final MetricsContainerStepMap metrics = new MetricsContainerStepMap();
  final List<TaskFailure> failures = new ArrayList<>();
  final InputGate consumer = new InputGate(() -> 0);
  final ManualClock jobClock = new ManualClock(1_000);
  final OperatorServices services = new OperatorServices(ID, this::told);
  final ScriptedOperator first;
  final ScriptedOperator second = new ScriptedOperator("B", log);
  final Task task;
  TaskEvent.Counters counters;
  long nanos;
  int rests;
  int woken;
  Runnable atRest = () -> {};
  final Optional<TaskLog> taskLog;
  private final Map<String, ExchangeWriter> feeds = new LinkedHashMap<>();

  /** What kind of stage it is. */
  private record Kind(boolean source, BundleLimits bundles) {
    static Kind of(boolean source) {
      return new Kind(source, BundleLimits.SLICE);
    }
  }

  private TaskHarness(boolean source, boolean jobClockRuns, List<String> main, List<String> sides) {
    this(Kind.of(source), jobClockRuns, main, sides, Optional.empty(), null);
  }

  private TaskHarness(
      Kind kind,
      boolean jobClockRuns,
      List<String> main,
      List<String> sides,
      Optional<TaskLog> taskLog,
      Long restoredWatermarkMs) {
    this.taskLog = taskLog;
    boolean source = kind.source();
    first = source ? new ScriptedOperator.Source("A", log) : new ScriptedOperator("A", log);
    first.output = second;
    TaskSpec spec = new TaskSpec(ID, "job/s/0", this, jobClock, jobClockRuns, this::told);
    task =
        new Task(
            spec,
            services,
            new Snapshots(spec, state, taskLog, metrics),
            restoredWatermarkMs == null ? null : restore(restoredWatermarkMs),
            room -> ports(main, sides, room),
            ports -> stage(kind, ports));
    task.started(this);
    if (source) {
      sourceOperator().openBundle = services::openBundle;
    }
  }

  /** Nothing but the watermark that the first operator had seen. */
  private Restore restore(long watermarkMs) {
    floor.raise(watermarkMs);
    floor.save();
    return new Restore("task", state, NothingSaved::new, Runnable::run, this);
  }

  private static final class NothingSaved implements EntryCursor {
    @Override
    public boolean next() {
      return false;
    }

    @Override
    public byte[] key() {
      throw new IllegalStateException("there is no entry");
    }

    @Override
    public byte[] value() {
      throw new IllegalStateException("there is no entry");
    }

    @Override
    public void close() {}
  }

  /** A stage that reads one input, after a restore. */
  static TaskHarness restoredAt(long watermarkMs) {
    return new TaskHarness(
        Kind.of(false), true, List.of("in"), List.of(), Optional.empty(), watermarkMs);
  }

  /** A stage that reads these inputs. */
  static TaskHarness reading(String... inputs) {
    return new TaskHarness(false, true, List.of(inputs), List.of());
  }

  /** A stage that begins with a source. */
  static TaskHarness source(String... sideInputs) {
    return new TaskHarness(true, true, List.of(), List.of(sideInputs));
  }

  /**
   * A stage that begins with a source or reads one input, and whose bundles end by these limits.
   */
  static TaskHarness bundling(boolean source, BundleLimits limits) {
    return new TaskHarness(
        new Kind(source, limits),
        true,
        source ? List.of() : List.of("in"),
        List.of(),
        Optional.empty(),
        null);
  }

  /** A stage whose state is saved: what is to be done elsewhere is given to {@code lane}. */
  static TaskHarness saving(boolean source, CheckpointFiles files, Consumer<Runnable> lane) {
    TaskLog log =
        new TaskLog(
            new LogPlace(files, "a1/s-0", new MemoryDisk(1L << 20), new LogLanes(lane, lane, lane)),
            new LogOrigin.Nothing(),
            SegmentFilter.ALL,
            new StateNames(),
            LogLimits.DEFAULT);
    return new TaskHarness(
        Kind.of(source),
        true,
        source ? List.of() : List.of("in", "in2"),
        List.of(),
        Optional.of(log),
        null);
  }

  /** A stage under a clock that is moved by hand. */
  static TaskHarness underManualClock(boolean source) {
    return new TaskHarness(source, false, source ? List.of() : List.of("in"), List.of());
  }

  private TaskPorts ports(
      List<String> main, List<String> sides, dev.sluice.worker.exchange.Room room) {
    InputGate gate = new InputGate(() -> 0);
    main.forEach(id -> feed(gate, id, Exchange.Kind.FORWARD));
    sides.forEach(id -> feed(gate, id, Exchange.Kind.BROADCAST));
    LocalChannel out = new LocalChannel(() -> {}, () -> {});
    Exchange exchange = exchange("out", Exchange.Kind.FORWARD);
    consumer.add(exchange, out.reader(), NoOpCounter.getInstance());
    return new TaskPorts(
        gate, List.of(new ExchangeWriter(exchange, List.of(out.writer()), null, size(), 0, room)));
  }

  private void feed(InputGate gate, String id, Exchange.Kind kind) {
    LocalChannel channel = new LocalChannel(() -> {}, this::wake);
    Exchange exchange = exchange(id, kind);
    gate.add(exchange, channel.reader(), NoOpCounter.getInstance());
    feeds.put(
        id, new ExchangeWriter(exchange, List.of(channel.writer()), null, size(), 0, () -> {}));
  }

  private static BatchSize size() {
    return new BatchSize(VoidCoder.of());
  }

  private static Exchange exchange(String id, Exchange.Kind kind) {
    return new Exchange(id, "p", "b", "c", "in", kind, "coder");
  }

  private JavaStage stage(Kind kind, TaskPorts ports) {
    boolean source = kind.source();
    second.output = ports.outputs().get(0);
    return new JavaStage(
        List.of(
            new JavaStage.Part(
                first, source ? List.of() : List.of("in"), List.of("a"), source ? null : floor),
            new JavaStage.Part(second, List.of("a"), List.of("b"), null)),
        source ? null : first,
        false,
        new JavaStage.SidePanes() {
          @Override
          public void receive(String exchangeId, Batch batch) {
            log.add(exchangeId + " " + batch.value(0));
          }

          @Override
          public void advanceWatermark(String exchangeId, long watermarkMs) {}
        },
        kind.bundles());
  }

  ScriptedOperator.Source sourceOperator() {
    return (ScriptedOperator.Source) first;
  }

  ExchangeWriter feed(String id) {
    return feeds.get(id);
  }

  void send(String input, Object... values) {
    for (Object value : values) {
      feed(input).receive(value, 0, GLOBAL, PaneInfo.NO_FIRING);
    }
    assertThat(feed(input).flush()).isTrue();
  }

  void watermark(String input, long ms) {
    feed(input).watermark(ms, false);
    assertThat(feed(input).flush()).isTrue();
  }

  void idle(String input) {
    feed(input).watermark(Long.MIN_VALUE, true);
    assertThat(feed(input).flush()).isTrue();
  }

  /** Steps until the task has nothing to do; returns what it waits for. */
  Step run() {
    Step step = task.step();
    while (step == Step.WORKED) {
      step = task.step();
    }
    return step;
  }

  /** Steps so often. */
  void steps(int count) {
    for (int i = 0; i < count; i++) {
      task.step();
    }
  }

  /** Lets the consumer take all that has arrived. */
  List<String> drain() {
    while (consumer.take(this) >= 0) {
      // the lines are what counts
    }
    return out;
  }

  @Override
  public void batch(Exchange exchange, Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      out.add("" + batch.value(i));
    }
  }

  @Override
  public void sideBatch(Exchange exchange, Batch batch) {
    throw new AssertionError("no side input leaves this stage");
  }

  @Override
  public void barrier(long checkpoint, Barrier barrier) {
    out.add("barrier " + checkpoint);
  }

  private void told(TaskEvent event) {
    if (event instanceof TaskEvent.Finished finished) {
      counters = finished.counters();
      log.add("finished");
    } else if (event instanceof TaskEvent.Failed failed) {
      failures.add(failed.failure());
      log.add("failed");
    } else if (event instanceof TaskEvent.Ended) {
      log.add("ended");
    } else if (event instanceof TaskEvent.Quiet quiet) {
      counters = quiet.counters();
      log.add("quiet " + quiet.round());
    } else if (event instanceof TaskEvent.QuiescenceWanted) {
      log.add("quiescence wanted");
    } else if (event instanceof TaskEvent.ClockMoved moved) {
      log.add("clock " + moved.nowMs());
    } else if (event instanceof TaskEvent.CheckpointWanted wanted) {
      log.add("checkpoint wanted after " + wanted.completed());
    } else if (event instanceof TaskEvent.CheckpointAcknowledged acknowledgement) {
      acknowledged.put(acknowledgement.checkpoint(), acknowledgement);
      log.add("acknowledged " + acknowledgement.checkpoint());
    } else if (event instanceof TaskEvent.CheckpointFailed failed) {
      log.add("not saved " + failed.checkpoint() + ": " + failed.reason());
    } else if (event instanceof TaskEvent.CheckpointReleased released) {
      log.add("released " + released.checkpoint());
    }
  }

  @Override
  public void wake() {
    woken++;
  }

  @Override
  public void interrupt() {}

  @Override
  public void rest() {
    rests++;
    if (rests > 1_000_000) {
      throw new AssertionError("rests for ever");
    }
    atRest.run();
  }

  @Override
  public long nowMs() {
    return nanos / 1_000_000;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }
}
