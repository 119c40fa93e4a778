package dev.sluice.worker.grouping;

import dev.sluice.state.TaskState;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.page.SpillArea;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.TaskContext;
import dev.sluice.worker.stage.TaskServices;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

/**
 * Drives one grouping operator by hand: elements, watermarks and the clock, each in a bundle of its
 * own and followed by all the timers that became due, as a task would do it.
 *
 * <p>Owned by one test. The operator is made from a real pipeline's proto.
 */
final class GroupingDriver implements AutoCloseable {
  private static final MetricName LATE =
      MetricName.named(
          LateDataDroppingDoFnRunner.class, LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS);
  private static final MetricName CLOSED =
      MetricName.named(ReduceFnRunner.class, ReduceFnRunner.DROPPED_DUE_TO_CLOSED_WINDOW);

  /** What came out: an iterable as a list of its elements. */
  record Out(Object key, Object value, long timestampMs, BoundedWindow window, PaneInfo pane) {}

  private final List<Out> outputs = new ArrayList<>();
  private final List<Object> raw = new ArrayList<>();
  private final MetricsContainerImpl metrics = new MetricsContainerImpl("step");
  private final MemoryDisk disk = new MemoryDisk(Long.MAX_VALUE);
  private final TaskState state = new TaskState(KeyGroups.rangeOf(0, 1), new SpillArea(disk, 0));
  private final WindowingStrategy<?, ?> strategy;
  private final KeyHasher<Object> hasher;
  private final GroupingOperator operator;
  private long clockMs;
  private int sliceLimit = 1000;
  private RuntimeException failure;

  GroupingDriver(GroupingSubject subject, GroupingSubject.Maker maker) {
    this.strategy = subject.components().windowing(subject.input());
    this.hasher = hasher(GroupingInput.keyed(subject.components(), subject.input()));
    TaskContext task =
        new TaskContext(
            "job/s/0",
            0,
            1,
            state,
            () -> clockMs,
            PipelineOptionsFactory.create(),
            new NoServices());
    OperatorContext context =
        new OperatorContext(
            subject.transformId(), subject.transformName(), subject.components(), task, metrics);
    this.operator = maker.make(context, this::take);
    try {
      operator.open();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static KeyHasher<Object> hasher(GroupingInput<?> input) {
    return KeyHasher.of((Coder<Object>) input.keyCoder());
  }

  private void take(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    if (failure != null) {
      throw failure;
    }
    raw.add(value);
    for (BoundedWindow window : windows) {
      outputs.add(
          value instanceof KV<?, ?> kv
              ? new Out(kv.getKey(), plain(kv.getValue()), timestampMs, window, pane)
              : new Out(null, plain(value), timestampMs, window, pane));
    }
  }

  private static Object plain(Object value) {
    if (value instanceof Iterable<?> iterable) {
      List<Object> list = new ArrayList<>();
      iterable.forEach(list::add);
      return list;
    }
    return value;
  }

  /** How many timers a slice fires at most; every slice is looked at by {@link #entryCount}. */
  GroupingDriver sliceLimit(int limit) {
    sliceLimit = limit;
    return this;
  }

  /** What the receiver of the output throws from now on. */
  GroupingDriver failOnOutput(RuntimeException thrown) {
    failure = thrown;
    return this;
  }

  /** An element in the windows that the input's window function gives its timestamp. */
  GroupingDriver element(Object value, long timestampMs) {
    return elementIn(value, timestampMs, windowsOf(value, timestampMs));
  }

  GroupingDriver elementIn(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows) {
    operator.startBundle();
    operator.receive(value, timestampMs, windows, PaneInfo.NO_FIRING);
    operator.finishBundle();
    operator.endSlice();
    return fire();
  }

  /** Several elements in one bundle, before anything fires. */
  GroupingDriver bundle(List<KV<Object, Long>> valuesAtMs) {
    operator.startBundle();
    for (KV<Object, Long> valueAtMs : valuesAtMs) {
      Object value = valueAtMs.getKey();
      long timestampMs = valueAtMs.getValue();
      operator.receive(value, timestampMs, windowsOf(value, timestampMs), PaneInfo.NO_FIRING);
    }
    operator.finishBundle();
    operator.endSlice();
    return fire();
  }

  /** A {@code KV} with an accumulator, as it comes from a combine before the exchange. */
  GroupingDriver accumulator(KV<?, ?> kv, long timestampMs) {
    operator.startBundle();
    operator.receiveKeyed(
        kv,
        hasher.hash(kv.getKey()),
        true,
        timestampMs,
        windowsOf(kv, timestampMs),
        PaneInfo.NO_FIRING);
    operator.finishBundle();
    operator.endSlice();
    return fire();
  }

  private Collection<? extends BoundedWindow> windowsOf(Object value, long timestampMs) {
    return assign(strategy.getWindowFn(), value, timestampMs);
  }

  @SuppressWarnings("unchecked")
  static <T, W extends BoundedWindow> Collection<W> assign(
      WindowFn<T, W> fn, Object value, long timestampMs) {
    try {
      return fn.assignWindows(
          fn.new AssignContext() {
            @Override
            public T element() {
              return (T) value;
            }

            @Override
            public Instant timestamp() {
              return Instant.ofEpochMilli(timestampMs);
            }

            @Override
            public BoundedWindow window() {
              throw new UnsupportedOperationException();
            }
          });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  GroupingDriver watermark(long watermarkMs) {
    operator.advanceWatermark(watermarkMs);
    return fire();
  }

  GroupingDriver end() {
    return watermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
  }

  /** Moves the clock, and all tasks upstream have come to it. */
  GroupingDriver clock(long nowMs) {
    operator.advanceSynchronizedTime(nowMs);
    return clockHere(nowMs);
  }

  /** Moves the clock, and nothing is heard of the tasks upstream. */
  GroupingDriver clockHere(long nowMs) {
    clockMs = nowMs;
    return fire();
  }

  private GroupingDriver fire() {
    while (operator.hasDueWork()) {
      operator.startBundle();
      operator.fireTimers(sliceLimit);
      operator.finishBundle();
      operator.endSlice();
      outputWatermarkMs();
    }
    outputWatermarkMs();
    return this;
  }

  long outputWatermarkMs() {
    return operator.outputWatermarkMs();
  }

  GroupingOperator operator() {
    return operator;
  }

  long nextProcessingTimeMs() {
    return operator.nextProcessingTimeMs();
  }

  /** What came out since the last call. */
  List<Out> take() {
    List<Out> taken = List.copyOf(outputs);
    outputs.clear();
    raw.clear();
    return taken;
  }

  /** The very objects that came out since the last {@link #take}. */
  List<Object> raw() {
    return raw;
  }

  long droppedDueToLateness() {
    return metrics.getCounter(LATE).getCumulative();
  }

  long droppedDueToClosedWindow() {
    return metrics.getCounter(CLOSED).getCumulative();
  }

  /** How many entries a barrier would have to save. */
  long entryCount() {
    long[] count = new long[1];
    state.forEachEntry(entry -> count[0]++);
    return count[0];
  }

  /** How many bytes were written to scratch files. */
  long spilledBytes() {
    return disk.usedBytes();
  }

  @Override
  public void close() {
    state.close();
  }

  private static final class NoServices implements TaskServices {
    @Override
    public void openBundle() {}

    @Override
    public void awaitQuiescence(Runnable whenQuiescent) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setJobClock(long nowMs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void afterCheckpoint(BundleFinalizer.Callback callback) {
      throw new UnsupportedOperationException();
    }
  }
}
