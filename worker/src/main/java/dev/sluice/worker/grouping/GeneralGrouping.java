package dev.sluice.worker.grouping;

import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.keyed.KeyedState;
import dev.sluice.state.keyed.Times;
import dev.sluice.translation.Node;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.DrainedWindows;
import dev.sluice.worker.stage.EndOfTime;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.watermark.Activity;
import dev.sluice.worker.watermark.CombinedWatermark;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.runners.core.MergingActiveWindowSet;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.ReduceFn;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.triggers.ExecutableTriggerStateMachine;
import org.apache.beam.runners.core.triggers.TriggerStateMachines;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

/**
 * Groups by key and window, right for every window function, trigger, lateness and accumulation
 * mode: Beam's own {@link ReduceFnRunner} on the state and timers of one key at a time.
 *
 * <p>Owned by one task's stage. Always true: what it knows of keys and windows is in its {@link
 * KeyedState}; its fields hold watermarks and what can be made again. Its output watermark never
 * passes a hold or an event timer that is due and not yet fired, so a window's pane on time is
 * fired while the watermark downstream is not yet beyond the window.
 *
 * <p>The specialised operators of this package are held against this one by property tests.
 */
final class GeneralGrouping<K> implements GroupingOperator {
  private static final List<TimeDomain> CLOCK_DOMAINS =
      List.of(TimeDomain.PROCESSING_TIME, TimeDomain.SYNCHRONIZED_PROCESSING_TIME);

  /**
   * For how long a view gathers what comes together. Nobody sees whether its pane is the last one,
   * so it does not ask the tasks upstream; and it must not wait for them, because they may have the
   * next value of a singleton before them, which would come into the same pane.
   */
  private static final long GATHERING_MS = 10;

  private final OperatorContext context;
  private final Receiver output;
  private final boolean keyed;
  private final WindowingStrategy<?, BoundedWindow> strategy;
  private final ReduceFn<K, Object, Object, BoundedWindow> reduceFn;
  // The reduce function once more if it is one that combines, else null.
  private final CombiningReduceFn<K, Object, BoundedWindow> combining;
  private final ExecutableTriggerStateMachine trigger;
  private final KeyedState<K> state;
  private final KeyHasher<K> hasher;
  private final Lateness lateness;
  private final List<WindowedValue<Object>> arrivals = new ArrayList<>(1);

  private MetricsEnvironmentState metricsEnvironment;
  private boolean emitting;
  private long inputWatermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long outputWatermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /**
   * The processing time of the current call of Beam's runner. It stands still within a call: a
   * trigger that waits for the time to pass its first element must not fire with that element.
   */
  private long callTimeMs;

  private long synchronizedTimeMs = Long.MIN_VALUE;

  private GeneralGrouping(
      OperatorContext context,
      GroupingInput<K> input,
      ReduceFn<K, Object, Object, BoundedWindow> reduceFn,
      Receiver output) {
    this.context = context;
    this.output = output;
    this.keyed = input.keyed();
    this.strategy = input.strategy();
    this.reduceFn = reduceFn;
    this.combining =
        reduceFn instanceof CombiningReduceFn<K, ?, BoundedWindow> c ? unchecked(c) : null;
    this.trigger =
        ExecutableTriggerStateMachine.create(
            TriggerStateMachines.stateMachineForTrigger(
                TriggerTranslation.toProto(strategy.getTrigger())));
    this.state =
        context
            .task()
            .state()
            .keyed(
                context.transformName(),
                input.keyCoder(),
                strategy.getWindowFn().windowCoder(),
                new OperatorTimes());
    this.hasher = KeyHasher.of(input.keyCoder());
    this.lateness = new Lateness(strategy, context.metrics());
  }

  /** {@code KV<K, V>} to {@code KV<K, Iterable<V>>}. */
  static GroupingOperator groupByKey(
      OperatorContext context, Node.GroupByKey node, Receiver output) {
    GroupingInput<Object> input = GroupingInput.keyed(context.components(), node.input());
    return new GeneralGrouping<>(context, input, buffering(input.valueCoder()), output);
  }

  /** {@code KV<K, InputT>} or {@code KV<K, AccumT>} to {@code KV<K, OutputT>}. */
  static GroupingOperator combinePerKey(
      OperatorContext context, Node.CombinePerKey node, Receiver output) {
    GroupingInput<Object> input = GroupingInput.keyed(context.components(), node.input());
    Combine<Object, Object, Object> combine = Combine.of(context);
    CombiningReduceFn<Object, Object, BoundedWindow> reduceFn =
        node.combining() == Node.Combining.NEWEST
            ? CombiningReduceFn.newest(combine)
            : CombiningReduceFn.of(combine);
    return new GeneralGrouping<>(context, input, reduceFn, output);
  }

  /** {@code T} to {@code Iterable<T>}, all elements under one key. */
  static GroupingOperator collectView(
      OperatorContext context, Node.CollectView node, Receiver output) {
    GroupingInput<Void> input = GroupingInput.unkeyed(context.components(), node.input());
    return new GeneralGrouping<>(context, input, buffering(input.valueCoder()), output);
  }

  @SuppressWarnings("unchecked")
  private static <K> ReduceFn<K, Object, Object, BoundedWindow> buffering(Coder<Object> coder) {
    // Its output is an Iterable, which is all that the covariance here says.
    return (ReduceFn<K, Object, Object, BoundedWindow>)
        (ReduceFn<K, Object, ?, BoundedWindow>)
            SystemReduceFn.<K, Object, BoundedWindow>buffering(coder);
  }

  @SuppressWarnings("unchecked")
  private static <K> CombiningReduceFn<K, Object, BoundedWindow> unchecked(
      CombiningReduceFn<K, ?, BoundedWindow> c) {
    return (CombiningReduceFn<K, Object, BoundedWindow>) c;
  }

  @Override
  public void open() {
    metricsEnvironment = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
  }

  @Override
  @SuppressWarnings("unchecked")
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    if (keyed) {
      int keyHash = hasher.hash(((KV<K, ?>) value).getKey());
      receiveKeyed(value, keyHash, false, timestampMs, windows, pane);
    } else if (admit(value, false, timestampMs, windows, pane)) {
      process(null, hasher.hash(null), false);
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public void receiveKeyed(
      Object value,
      int keyHash,
      boolean accumulated,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    KV<K, ?> kv = (KV<K, ?>) value;
    if (admit(kv.getValue(), accumulated, timestampMs, windows, pane)) {
      process(kv.getKey(), keyHash, accumulated);
    }
  }

  /** Puts the value into {@link #arrivals}, once for each of its windows that is not expired. */
  private boolean admit(
      Object value,
      boolean accumulated,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    if (accumulated && windows.size() > 1) {
      throw new IllegalStateException(
          "an accumulator in %s windows came to '%s', expected one"
              .formatted(windows.size(), context.transformName()));
    }
    arrivals.clear();
    for (BoundedWindow window : windows) {
      EndOfTime.checkWindow(context.transformName(), window.maxTimestamp().getMillis());
      if (lateness.expiryMs(window) < inputWatermarkMs) {
        lateness.drop();
      } else {
        arrivals.add(WindowedValues.of(value, Instant.ofEpochMilli(timestampMs), window, pane));
      }
    }
    return !arrivals.isEmpty();
  }

  private void process(K key, int keyHash, boolean accumulated) {
    if (combining != null) {
      combining.accumulated(accumulated);
    }
    state.select(key, keyHash);
    run(null);
    arrivals.clear();
  }

  /** Hands {@link #arrivals}, or else the timer, to Beam's runner for the selected key. */
  private void run(TimerData timer) {
    MetricsContainer outer = metricsEnvironment.activate(context.metrics());
    callTimeMs = processingTimeMs();
    context.blame().begin();
    try {
      ReduceFnRunner<K, Object, Object, BoundedWindow> keyRunner = newRunner();
      if (timer == null) {
        keyRunner.processElements(arrivals);
      } else {
        keyRunner.onTimers(List.of(withCause(timer)));
      }
      keyRunner.persist();
    } catch (Throwable e) {
      throw failure(e);
    } finally {
      emitting = false;
      metricsEnvironment.activate(outer);
    }
  }

  /** Names a drain as the cause if there is one: what the timer emits says so then. */
  private TimerData withCause(TimerData timer) {
    return timer.getDomain() == TimeDomain.EVENT_TIME
            && context.task().services().causedByDrain(timer.getTimestamp().getMillis())
        ? TimerData.of(
            timer.getTimerId(),
            timer.getTimerFamilyId(),
            timer.getNamespace(),
            timer.getTimestamp(),
            timer.getOutputTimestamp(),
            timer.getDomain(),
            CausedByDrain.CAUSED_BY_DRAIN)
        : timer;
  }

  private RuntimeException failure(Throwable e) {
    if (e instanceof TransformException alreadyNamed) {
      return alreadyNamed;
    }
    if (emitting && e instanceof Error error) {
      throw error;
    }
    if (emitting && e instanceof RuntimeException fromDownstream) {
      return fromDownstream;
    }
    return context.blame().of(e);
  }

  private ReduceFnRunner<K, Object, Object, BoundedWindow> newRunner() {
    return new ReduceFnRunner<>(
        state.key(),
        strategy,
        trigger,
        state.stateInternals(),
        state.timerInternals(),
        this::emit,
        NullSideInputReader.empty(),
        reduceFn,
        context.task().options());
  }

  private void emit(WindowedValue<KV<K, Object>> result) {
    KV<K, Object> kv = result.getValue();
    emitting = true;
    output.receive(
        keyed ? kv : kv.getValue(),
        result.getTimestamp().getMillis(),
        DrainedWindows.of(result.getWindows(), result.causedByDrain()),
        result.getPaneInfo());
    emitting = false;
  }

  @Override
  public void advanceWatermark(long watermarkMs) {
    inputWatermarkMs = watermarkMs;
  }

  @Override
  public long outputWatermarkMs() {
    outputWatermarkMs = Math.max(outputWatermarkMs, Math.min(inputWatermarkMs, heldMs()));
    return outputWatermarkMs;
  }

  private long heldMs() {
    return Math.min(state.minHoldMs(), state.nextTimerMs(TimeDomain.EVENT_TIME));
  }

  @Override
  public Activity activity(Activity input) {
    return heldMs() < CombinedWatermark.END_MS ? Activity.ACTIVE : input;
  }

  @Override
  public boolean hasDueWork() {
    if (state.nextTimerMs(TimeDomain.EVENT_TIME) < inputWatermarkMs) {
      return true;
    }
    for (TimeDomain domain : CLOCK_DOMAINS) {
      if (state.nextTimerMs(domain) < timeMs(domain)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int fireTimers(int limit) {
    int fired = 0;
    while (fired < limit) {
      TimerData timer = pollDue();
      if (timer == null) {
        return fired;
      }
      fire(timer);
      fired++;
    }
    return fired;
  }

  // Beam's timers are due when time is beyond them, not when it has reached them.
  private TimerData pollDue() {
    TimerData timer = state.pollDue(TimeDomain.EVENT_TIME, inputWatermarkMs - 1);
    if (timer != null) {
      return timer;
    }
    for (TimeDomain domain : CLOCK_DOMAINS) {
      timer = state.pollDue(domain, timeMs(domain) - 1);
      if (timer != null) {
        return timer;
      }
    }
    return null;
  }

  private void fire(TimerData timer) {
    WindowNamespace<?> namespace = (WindowNamespace<?>) timer.getNamespace();
    if (timer.getDomain() != TimeDomain.EVENT_TIME && isMergedAway(namespace.getWindow())) {
      return;
    }
    long endMs = namespace.getWindow().maxTimestamp().getMillis();
    long expiryMs = lateness.expiryMs(namespace.getWindow());
    if (timer.getDomain() == TimeDomain.EVENT_TIME
        && expiryMs < inputWatermarkMs
        && expiryMs != endMs) {
      // Whichever of the two it is, the runner now emits the last pane and forgets the window. The
      // other must not reach it, for it would take that for one of a new window.
      deleteEventTimer(namespace, timer.getTimestamp().getMillis() == endMs ? expiryMs : endMs);
    }
    run(timer);
  }

  /**
   * Whether the window has become part of another, or is closed and waits for its expiry only. A
   * trigger leaves its timers of processing time behind when its window is merged, and Beam's
   * runner takes one that comes after the end of that window as a reason to have it expire, which
   * releases what the merged window holds in the same place.
   */
  private boolean isMergedAway(BoundedWindow window) {
    return strategy.needsMerge() && !activeWindows().isActive(window);
  }

  @SuppressWarnings("unchecked")
  private MergingActiveWindowSet<BoundedWindow> activeWindows() {
    return new MergingActiveWindowSet<>(
        (WindowFn<Object, BoundedWindow>) strategy.getWindowFn(), state.stateInternals());
  }

  private void deleteEventTimer(WindowNamespace<?> namespace, long timestampMs) {
    Instant timestamp = Instant.ofEpochMilli(timestampMs);
    // Beam makes the id of such a timer from its time.
    TimerData timer =
        TimerData.of(namespace, timestamp, timestamp, TimeDomain.EVENT_TIME, CausedByDrain.NORMAL);
    state
        .timerInternals()
        .deleteTimer(
            namespace, timer.getTimerId(), timer.getTimerFamilyId(), TimeDomain.EVENT_TIME);
  }

  @Override
  public long nextProcessingTimeMs() {
    long due = state.nextTimerMs(TimeDomain.PROCESSING_TIME);
    if (!keyed) {
      long gathered = state.nextTimerMs(TimeDomain.SYNCHRONIZED_PROCESSING_TIME);
      due = Math.min(due, gathered == Long.MAX_VALUE ? gathered : gathered + GATHERING_MS);
    }
    return due == Long.MAX_VALUE ? due : due + 1;
  }

  @Override
  public void advanceSynchronizedTime(long timeMs) {
    synchronizedTimeMs = timeMs;
  }

  @Override
  public long nextSynchronizedTimeMs() {
    return keyed ? state.nextTimerMs(TimeDomain.SYNCHRONIZED_PROCESSING_TIME) : Long.MAX_VALUE;
  }

  private long timeMs(TimeDomain domain) {
    return domain == TimeDomain.SYNCHRONIZED_PROCESSING_TIME
        ? currentSynchronizedTimeMs()
        : processingTimeMs();
  }

  private long currentSynchronizedTimeMs() {
    return keyed
        ? synchronizedTimeMs
        : Math.max(synchronizedTimeMs, processingTimeMs() - GATHERING_MS);
  }

  private long processingTimeMs() {
    return context.task().clock().nowMs();
  }

  /**
   * Tells Beam's runner the output watermark that was last sent downstream, not what it might be
   * now.
   */
  private final class OperatorTimes implements Times {
    @Override
    public long processingTimeMs() {
      return callTimeMs;
    }

    @Override
    public long synchronizedTimeMs() {
      return currentSynchronizedTimeMs();
    }

    @Override
    public long inputWatermarkMs() {
      return inputWatermarkMs;
    }

    @Override
    public long outputWatermarkMs() {
      return outputWatermarkMs;
    }
  }
}
