package dev.sluice.worker.pardo;

import dev.sluice.state.TaskState;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.page.SpillArea;
import dev.sluice.translation.Node;
import dev.sluice.translation.SideInput;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.Composites;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.PipelineComponents;
import dev.sluice.worker.stage.TaskContext;
import dev.sluice.worker.stage.TaskServices;
import dev.sluice.worker.world.ManualClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * One ParDo taken out of a real pipeline and driven by hand: elements, bundles, watermarks, the
 * clock, panes of side inputs.
 *
 * <p>Every call that needs a bundle opens one of its own, so a test reads as what happens.
 */
final class ParDoHarness implements AutoCloseable {
  static final long END_MS = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  private static final int LIMIT = 2;

  /** Something the ParDo has emitted. */
  record Output(
      String tag,
      Object value,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {}

  final List<Output> outputs = new ArrayList<>();
  final List<BundleFinalizer.Callback> callbacks = new ArrayList<>();
  final ManualClock clock = new ManualClock(1_000_000);
  final MetricsContainerImpl metrics = new MetricsContainerImpl("step");

  /** Whether a barrier is on its way. */
  boolean barrierAnnounced;

  final TaskState state;
  final TaskState sideState;
  final SideInputs sideInputs;
  final ParDoOperator operator;

  /** Which of how many tasks of its stage a ParDo is. */
  private record Place(int index, int tasks) {
    static final Place ALONE = new Place(0, 1);
  }

  private ParDoHarness(
      Pipeline pipeline,
      String name,
      TaskState state,
      TaskState sideState,
      SharedSideInputs shared,
      Map<String, Receiver> replacedOutputs) {
    this(pipeline, name, Place.ALONE, state, sideState, shared, replacedOutputs);
  }

  private ParDoHarness(
      Pipeline pipeline,
      String name,
      Place place,
      TaskState state,
      TaskState sideState,
      SharedSideInputs shared,
      Map<String, Receiver> replacedOutputs) {
    this.state = state;
    this.sideState = sideState;
    this.sideInputs = new SideInputs(sideState, shared, place.tasks);
    RunnerApi.Pipeline proto = PipelineTranslation.toProto(pipeline);
    Node.ParDo node = node(proto.getComponents(), name);
    Map<String, Receiver> receivers = new LinkedHashMap<>();
    for (String tag : node.outputs().keySet()) {
      receivers.put(
          tag,
          (value, timestampMs, windows, pane) ->
              outputs.add(new Output(tag, value, timestampMs, windows, pane)));
    }
    receivers.putAll(replacedOutputs);
    OperatorContext context =
        new OperatorContext(
            node.transformId(),
            proto.getComponents().getTransformsOrThrow(node.transformId()).getUniqueName(),
            new PipelineComponents(proto.getComponents(), Composites.of(proto.getComponents())),
            new TaskContext(
                "job/s0/" + place.index,
                place.index,
                place.tasks,
                state,
                clock,
                pipeline.getOptions(),
                new Services()),
            metrics);
    operator = new ParDoOperator(context, node, receivers, sideInputs);
  }

  /** A pipeline that is only translated, never run. */
  static Pipeline pipeline() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(CrashingRunner.class);
    return Pipeline.create(options);
  }

  /** The ParDo with this name, opened, on empty state. */
  static ParDoHarness open(Pipeline pipeline, String name) throws Exception {
    return open(pipeline, name, newState(), Map.of());
  }

  /** As one of several tasks that share {@code shared}. */
  static ParDoHarness open(Pipeline pipeline, String name, SharedSideInputs shared)
      throws Exception {
    ParDoHarness harness =
        new ParDoHarness(pipeline, name, newState(), newState(), shared, Map.of());
    harness.operator.open();
    return harness;
  }

  static ParDoHarness open(
      Pipeline pipeline, String name, TaskState state, Map<String, Receiver> replacedOutputs)
      throws Exception {
    ParDoHarness harness = notOpen(pipeline, name, state, replacedOutputs);
    harness.operator.open();
    return harness;
  }

  static ParDoHarness notOpen(
      Pipeline pipeline, String name, TaskState state, Map<String, Receiver> replacedOutputs) {
    return new ParDoHarness(
        pipeline, name, state, newState(), new SharedSideInputs(), replacedOutputs);
  }

  /** The ParDo with this name, as it comes back with what {@code kept} holds. */
  static ParDoHarness restored(Pipeline pipeline, String name, KeptState kept) throws Exception {
    TaskState state = kept.newState();
    ParDoHarness harness =
        new ParDoHarness(pipeline, name, state, state, new SharedSideInputs(), Map.of());
    kept.restore();
    harness.operator.open();
    return harness;
  }

  /** One of several tasks, not open. */
  static ParDoHarness task(
      Pipeline pipeline,
      String name,
      int index,
      int tasks,
      TaskState state,
      SharedSideInputs shared) {
    return new ParDoHarness(
        pipeline, name, new Place(index, tasks), state, state, shared, Map.of());
  }

  static TaskState newState() {
    return newState(KeyGroups.rangeOf(0, 1));
  }

  static TaskState newState(KeyGroupRange groups) {
    return new TaskState(groups, new SpillArea(new MemoryDisk(1L << 24), 1L << 20));
  }

  private static Node.ParDo node(RunnerApi.Components components, String name) {
    for (Map.Entry<String, RunnerApi.PTransform> entry : components.getTransformsMap().entrySet()) {
      RunnerApi.PTransform transform = entry.getValue();
      if (transform.getSpec().getUrn().equals(PTransformTranslation.PAR_DO_TRANSFORM_URN)
          && (transform.getUniqueName().equals(name)
              || transform.getUniqueName().startsWith(name + "/"))) {
        return node(entry.getKey(), transform);
      }
    }
    throw new IllegalArgumentException("no ParDo is named " + name);
  }

  private static Node.ParDo node(String id, RunnerApi.PTransform transform) {
    try {
      RunnerApi.ParDoPayload payload =
          RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload());
      List<SideInput> sides = new ArrayList<>();
      String main = null;
      for (Map.Entry<String, String> input : transform.getInputsMap().entrySet()) {
        if (payload.containsSideInputs(input.getKey())) {
          sides.add(new SideInput(input.getKey(), input.getValue(), "e-" + input.getKey()));
        } else {
          main = input.getValue();
        }
      }
      boolean keyed =
          payload.getStateSpecsCount() > 0
              || payload.getTimerFamilySpecsCount() > 0
              || payload.getRequiresTimeSortedInput();
      return new Node.ParDo(
          id,
          main,
          sides,
          keyed,
          !payload.getRestrictionCoderId().isEmpty(),
          transform.getOutputsMap());
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  ParDoHarness element(Object value, long timestampMs) {
    return element(value, timestampMs, GlobalWindow.INSTANCE);
  }

  /** Hands an element in within a bundle that is open. */
  ParDoHarness receive(Object value) {
    operator.receive(value, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
    return this;
  }

  ParDoHarness element(Object value, long timestampMs, BoundedWindow... windows) {
    return bundle(() -> operator.receive(value, timestampMs, List.of(windows), PaneInfo.NO_FIRING));
  }

  ParDoHarness bundle(Runnable work) {
    operator.startBundle();
    work.run();
    operator.finishBundle();
    return this;
  }

  /** Advances the input watermark and does all that becomes due. */
  ParDoHarness watermark(long toMs) {
    operator.advanceWatermark(toMs);
    return fire();
  }

  /** Moves the clock and does all that becomes due. */
  ParDoHarness clock(long toMs) {
    clock.moveTo(toMs);
    return fire();
  }

  ParDoHarness fire() {
    while (operator.hasDueWork()) {
      bundle(() -> operator.fireTimers(LIMIT));
    }
    return this;
  }

  /** The exchange that carries what {@code view} is made of. */
  @SuppressWarnings("deprecation") // Beam gives a runner no other way to a view's tag
  static String exchangeOf(PCollectionView<?> view) {
    return "e-" + view.getTagInternal().getId();
  }

  ParDoHarness side(
      PCollectionView<?> view, Iterable<?> elements, BoundedWindow window, PaneInfo pane) {
    sideInputs.receive(exchangeOf(view), elements, List.of(window), pane);
    return fire();
  }

  ParDoHarness sideWatermark(PCollectionView<?> view, long toMs) {
    sideInputs.advanceWatermark(exchangeOf(view), toMs);
    return fire();
  }

  /** The values emitted so far. */
  List<Object> values() {
    return outputs.stream().map(Output::value).toList();
  }

  List<Object> values(String tag) {
    return outputs.stream().filter(o -> o.tag().equals(tag)).map(Output::value).toList();
  }

  List<Long> timestamps() {
    return outputs.stream().map(Output::timestampMs).toList();
  }

  long counter(Class<?> namespace, String name) {
    var counter = metrics.tryGetCounter(MetricName.named(namespace, name));
    return counter == null ? 0 : counter.getCumulative();
  }

  /** How many entries a barrier would save. */
  long entries() {
    long[] count = {0};
    state.forEachEntry(entry -> count[0]++);
    return count[0];
  }

  @Override
  public void close() {
    operator.close();
    state.close();
  }

  /** Collects what waits for a checkpoint. */
  private final class Services implements TaskServices {
    @Override
    public void openBundle() {}

    @Override
    public void awaitQuiescence(Runnable whenQuiescent) {
      throw new AssertionError("a ParDo does not wait for quiescence");
    }

    @Override
    public void setJobClock(long nowMs) {
      throw new AssertionError("a ParDo does not move the clock");
    }

    @Override
    public boolean barrierAnnounced() {
      return barrierAnnounced;
    }

    @Override
    public void afterCheckpoint(BundleFinalizer.Callback callback) {
      callbacks.add(callback);
    }
  }
}
