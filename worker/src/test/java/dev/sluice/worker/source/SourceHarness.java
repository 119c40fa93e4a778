package dev.sluice.worker.source;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.state.TaskState;
import dev.sluice.state.TaskValue;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.page.SpillArea;
import dev.sluice.translation.Node;
import dev.sluice.worker.stage.Composites;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.PipelineComponents;
import dev.sluice.worker.stage.SourceOperator;
import dev.sluice.worker.stage.SourceOptions;
import dev.sluice.worker.stage.TaskContext;
import dev.sluice.worker.stage.TaskServices;
import dev.sluice.worker.world.ManualClock;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.util.SerializableUtils;

/** A source's operator driven by hand: polls, bundles, barriers, the clock, restarts. */
final class SourceHarness {
  final List<Object> emitted = new ArrayList<>();
  final List<BundleFinalizer.Callback> callbacks = new ArrayList<>();
  final ManualClock clock = new ManualClock(1_000_000);
  final SourceOptions options = PipelineOptionsFactory.as(SourceOptions.class);
  SourceOperator operator;
  int bundles;
  private final List<SourceSplit> splits = new ArrayList<>();
  private final boolean bounded;
  private int index;
  private int parallelism = 1;
  private TaskState state;

  SourceHarness(Source<?>... sources) {
    this.bounded = sources[0] instanceof BoundedSource;
    for (Source<?> source : sources) {
      splits.add(
          new SourceSplit(
              splits.size(), sources.length, SerializableUtils.serializeToByteArray(source)));
    }
  }

  SourceHarness asTask(int newIndex, int newParallelism) {
    index = newIndex;
    parallelism = newParallelism;
    return this;
  }

  SourceHarness open() throws Exception {
    make();
    operator.open();
    return this;
  }

  private SourceHarness make() {
    state =
        new TaskState(
            KeyGroups.rangeOf(index, parallelism),
            new SpillArea(new MemoryDisk(1L << 24), 1L << 20));
    operator =
        SourceOperators.create(
            new OperatorContext(
                "read",
                "My/Read",
                new PipelineComponents(
                    RunnerApi.Components.getDefaultInstance(),
                    Composites.of(RunnerApi.Components.getDefaultInstance())),
                new TaskContext("job/s/0", index, parallelism, state, clock, options, services()),
                new MetricsContainerImpl("My/Read")),
            new Node.Read("read", bounded, Map.of("out", "c")),
            splits,
            (value, timestampMs, windows, pane) -> emitted.add(value));
    return this;
  }

  private TaskServices services() {
    return new TaskServices() {
      @Override
      public void openBundle() {
        bundles++;
      }

      @Override
      public void awaitQuiescence(Runnable whenQuiescent) {
        throw new AssertionError("a read does not ask");
      }

      @Override
      public void setJobClock(long nowMs) {
        throw new AssertionError("a read moves no clock");
      }

      @Override
      public void afterCheckpoint(BundleFinalizer.Callback callback) {
        callbacks.add(callback);
      }
    };
  }

  /** Polls once, in a bundle of its own. */
  SourceOperator.Polled poll(int limit) throws Exception {
    if (operator.hasDueWork()) {
      operator.startBundle();
      operator.fireTimers(1_000);
      operator.finishBundle();
    }
    operator.startBundle();
    SourceOperator.Polled polled = operator.poll(limit);
    operator.finishBundle();
    return polled;
  }

  /** What the task would be after a crash: a new operator over the values that were in state. */
  SourceHarness restart() throws Exception {
    Map<?, TaskValue<?>> saved = values(state);
    Source<?>[] sources = splits.stream().map(Splits::read).toArray(Source<?>[]::new);
    SourceHarness next = new SourceHarness(sources).asTask(index, parallelism).make();
    values(next.state).forEach((name, value) -> copy(saved.get(name), value));
    next.operator.open();
    return next;
  }

  @SuppressWarnings("unchecked")
  private static void copy(TaskValue<?> from, TaskValue<?> to) {
    Object value = from.get();
    if (value != null) {
      ((TaskValue<Object>) to).set(value);
    }
  }

  /** State has no restore yet: its values are taken out of it by name. */
  @SuppressWarnings("unchecked")
  private static Map<?, TaskValue<?>> values(TaskState state) throws ReflectiveOperationException {
    Field field = TaskState.class.getDeclaredField("values");
    field.setAccessible(true);
    return (Map<?, TaskValue<?>>) field.get(state);
  }
}
