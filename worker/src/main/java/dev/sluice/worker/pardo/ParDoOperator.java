package dev.sluice.worker.pardo;

import dev.sluice.state.key.KeyGroups;
import dev.sluice.translation.Node;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.BundleSize;
import dev.sluice.worker.stage.DrainedWindows;
import dev.sluice.worker.stage.Operator;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.watermark.Activity;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.metrics.CounterCell;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * A ParDo at work within a task: leads each element past side inputs and state to the user's DoFn.
 *
 * <p>Owned by its stage, called by the task's thread. An element goes straight to the DoFn with all
 * its windows unless something about the DoFn looks at windows: a parameter, a side input, state, a
 * timer, a restriction. Then it goes once for each window, first to {@link Pushback} if a side
 * input is not ready, then to {@link KeyedElements} if the DoFn has state or timers. These are the
 * {@link WaitingRoom}s: what they have in common is asked of all that there are. Always true: what
 * waits anywhere in here holds the output watermark, and so does the open bundle of a DoFn that may
 * emit at its end, as late as it was when the bundle began.
 */
public final class ParDoOperator implements Operator, Receiver {
  private final UserFn userFn;
  private final boolean perWindow;
  private final SideInputLookup sideInputs;
  private final Pushback pushback;
  private final KeyedElements keyed;
  private final SplittableElements splittable;
  private final StableInput stable;

  /** Those of the four that there are, in the order in which an element passes them. */
  private final WaitingRoom[] rooms;

  private final WindowScope.Cache scopes;
  private final CounterCell dropped;
  private final DoFnBundles bundles;
  private BoundedWindow lastReady;
  private long inputWatermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long outputWatermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /**
   * @param context what every operator is handed
   * @param node the ParDo
   * @param outputs where its outputs go, by local output name; outputs that are not in it are
   *     dropped
   * @param sideInputs the task's side inputs; may be null if the node has none
   */
  public ParDoOperator(
      OperatorContext context,
      Node.ParDo node,
      Map<String, Receiver> outputs,
      SideInputs sideInputs) {
    ParDoSpec spec = ParDoSpec.of(context.transformName(), node, context.components());
    SplittableCall restriction = node.splittable() ? new SplittableCall() : null;
    this.userFn = userFn(context, spec, observed(outputs, restriction), restriction != null);
    boolean readsSides = !spec.sideInputs().isEmpty();
    this.perWindow =
        readsSides
            || node.keyed()
            || node.splittable()
            || spec.signature().processElement().observesWindow();
    this.scopes =
        new WindowScope.Cache(
            spec.windowCoder(), spec.windowing().getAllowedLateness().getMillis());
    this.keyed = node.keyed() ? new KeyedElements(context, spec, userFn) : null;
    if (restriction == null) {
      this.splittable = null;
    } else {
      ParDoSpec copy = ParDoSpec.of(context.transformName(), node, context.components());
      UserFn splitter = userFn(context, copy, Map.of(), true);
      this.splittable = new SplittableElements(context, spec, userFn, splitter, restriction);
    }
    if (readsSides) {
      this.sideInputs = new SideInputLookup(spec, context.components(), sideInputs);
      this.pushback =
          new Pushback(context, spec, this.sideInputs, groupOf(context), this::processReady);
      userFn.arguments().withSideInputs(this.sideInputs);
      if (splittable != null) {
        splittable.withSideInputs(this.sideInputs);
      }
    } else {
      this.sideInputs = null;
      this.pushback = null;
    }
    this.stable =
        spec.stableInput()
            ? new StableInput(context, spec, groupOf(context), keyed, new Delivery())
            : null;
    this.rooms =
        Stream.of(stable, pushback, keyed, splittable)
            .filter(Objects::nonNull)
            .toArray(WaitingRoom[]::new);
    this.bundles = new DoFnBundles(context, spec, userFn);
    this.dropped =
        context
            .metrics()
            .getCounter(
                MetricName.named(
                    LateDataDroppingDoFnRunner.class,
                    LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS));
  }

  /** In which key group an element that waits is saved: that of its key, if it has one. */
  private ToIntFunction<Object> groupOf(OperatorContext context) {
    int own = context.task().state().ownGroup();
    return keyed == null ? value -> own : value -> KeyGroups.groupOf(keyed.hashOf(value));
  }

  private static UserFn userFn(
      OperatorContext context, ParDoSpec spec, Map<String, Receiver> outputs, boolean splittable) {
    ImmutabilityCheck check = ImmutabilityCheck.of(context, spec);
    Map<String, Receiver> receivers = check == null ? outputs : check.watch(outputs);
    Call call =
        new Call(
            new Outputs(spec.mainTag(), spec.outputs().keySet(), receivers),
            splittable ? TimestampRule.ofSplittable() : TimestampRule.of(spec.fn()));
    DoFnInvoker<Object, Object> invoker = DoFnInvokers.invokerFor(spec.fn());
    return new UserFn(
        context,
        check == null ? invoker : check.around(invoker, call),
        call,
        new DoFnArguments(
            spec, call, new OutputReceivers(call, spec, context.components()), context),
        check == null ? null : check.state());
  }

  /** Shows the timestamps of a splittable DoFn's outputs to its watermark estimator. */
  private static Map<String, Receiver> observed(
      Map<String, Receiver> outputs, SplittableCall restriction) {
    if (restriction == null) {
      return outputs;
    }
    Map<String, Receiver> observed = new LinkedHashMap<>();
    outputs.forEach(
        (tag, receiver) ->
            observed.put(
                tag,
                (value, timestampMs, windows, pane) -> {
                  restriction.emitted(timestampMs);
                  receiver.receive(value, timestampMs, windows, pane);
                }));
    return observed;
  }

  @Override
  public void open() {
    userFn.setUp();
    for (WaitingRoom room : rooms) {
      room.open();
    }
    catchUp();
  }

  @Override
  public void barrier(long checkpoint) {
    for (WaitingRoom room : rooms) {
      room.barrier(checkpoint);
    }
  }

  @Override
  public long drain() {
    if (splittable == null || !splittable.unbounded()) {
      return Long.MAX_VALUE;
    }
    long reachedMs = outputWatermarkMs();
    splittable.drain();
    return reachedMs;
  }

  @Override
  public boolean waitsForCheckpoint() {
    for (WaitingRoom room : rooms) {
      if (room.waitsForCheckpoint()) {
        return true;
      }
    }
    return false;
  }

  /** Takes what is stable. */
  private final class Delivery implements StableInput.Delivery {
    @Override
    public void deliver(
        Object value,
        long timestampMs,
        Collection<? extends BoundedWindow> windows,
        PaneInfo pane) {
      ParDoOperator.this.deliver(value, timestampMs, windows, pane);
    }

    @Override
    public void advanced() {
      catchUp();
    }
  }

  private void deliver(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    if (perWindow) {
      receivePerWindow(value, keyed == null ? 0 : keyed.hashOf(value), timestampMs, windows, pane);
    } else {
      userFn.process(value, timestampMs, windows, pane);
    }
  }

  @Override
  public void startBundle() {
    bundles.start();
    userFn.startBundle();
  }

  @Override
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    if (stable != null) {
      stable.add(value, timestampMs, windows, pane);
    } else {
      deliver(value, timestampMs, windows, pane);
    }
  }

  @Override
  public void expect(Batch batch) {
    if (keyed != null && stable == null) {
      keyed.expect(batch);
    }
  }

  @Override
  public void receiveKeyed(
      Object value,
      int keyHash,
      boolean accumulated,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    if (stable != null) {
      stable.add(value, timestampMs, windows, pane);
    } else if (perWindow) {
      receivePerWindow(value, keyHash, timestampMs, windows, pane);
    } else {
      userFn.process(value, timestampMs, windows, pane);
    }
  }

  private void receivePerWindow(
      Object value,
      int keyHash,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    userFn.call().drained(DrainedWindows.marks(windows));
    if (pushback == null) {
      for (BoundedWindow window : windows) {
        processIn(window, value, keyHash, timestampMs, pane);
      }
    } else {
      for (BoundedWindow window : windows) {
        receiveWithSideInputs(window, value, keyHash, timestampMs, pane);
      }
    }
  }

  private void receiveWithSideInputs(
      BoundedWindow window, Object value, int keyHash, long timestampMs, PaneInfo pane) {
    if (!window.equals(lastReady)) {
      if (!sideInputs.isReady(window)) {
        pushback.add(value, timestampMs, window, pane, userFn.call().cause());
        return;
      }
      if (scopes.of(window).expiryMs() < inputWatermarkMs && !sideInputs.hasPanes(window)) {
        // What the side input held for this window may have been let go: better no answer than a
        // wrong one.
        dropped.inc();
        return;
      }
      lastReady = window;
    }
    processIn(window, value, keyHash, timestampMs, pane);
  }

  private void processReady(WindowedValue<Object> element, BoundedWindow window) {
    userFn.call().drained(element.causedByDrain() == CausedByDrain.CAUSED_BY_DRAIN);
    Object value = element.getValue();
    processIn(
        window,
        value,
        keyed == null ? 0 : keyed.hashOf(value),
        element.getTimestamp().getMillis(),
        element.getPaneInfo());
  }

  private void processIn(
      BoundedWindow window, Object value, int keyHash, long timestampMs, PaneInfo pane) {
    if (keyed != null) {
      keyed.process(value, keyHash, timestampMs, window, pane);
    } else if (splittable != null) {
      splittable.process(value, timestampMs, scopes.of(window), pane);
    } else {
      userFn.process(value, timestampMs, scopes.of(window).only(), window, pane);
    }
  }

  @Override
  public void finishBundle() {
    userFn.finishBundle();
    bundles.finish();
  }

  @Override
  public BundleSize bundleSize() {
    return bundles.size();
  }

  @Override
  public boolean holdsForBundle() {
    return bundles.holds();
  }

  @Override
  public void advanceWatermark(long toMs) {
    inputWatermarkMs = toMs;
    catchUp();
  }

  /** What is behind a room sees time pass only as far as no element waits in it. */
  private void catchUp() {
    lastReady = null;
    long reachedMs = inputWatermarkMs;
    long neededMs = inputWatermarkMs;
    for (WaitingRoom room : rooms) {
      reachedMs = room.advance(reachedMs);
      neededMs = Math.min(neededMs, room.needMs());
    }
    if (sideInputs != null) {
      sideInputs.release(neededMs);
    }
  }

  @Override
  public Activity activity(Activity input) {
    Activity activity = bundles.open() ? Activity.ACTIVE : input;
    for (WaitingRoom room : rooms) {
      Activity expected = room.activity(input);
      activity = activity == Activity.ACTIVE ? activity : expected;
    }
    return activity;
  }

  @Override
  public long outputWatermarkMs() {
    long watermarkMs = inputWatermarkMs;
    for (WaitingRoom room : rooms) {
      watermarkMs = Math.min(watermarkMs, room.holdMs());
    }
    // Late elements that wait do not turn the watermark back.
    outputWatermarkMs = bundles.watermarkMs(outputWatermarkMs, watermarkMs);
    return outputWatermarkMs;
  }

  @Override
  public boolean hasDueWork() {
    for (WaitingRoom room : rooms) {
      if (room.hasDueWork()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int fireTimers(int limit) {
    int done = 0;
    for (WaitingRoom room : rooms) {
      if (done < limit && room.hasDueWork()) {
        done += room.fire(limit - done);
        catchUp();
      }
    }
    return done;
  }

  @Override
  public long nextProcessingTimeMs() {
    long least = Long.MAX_VALUE;
    for (WaitingRoom room : rooms) {
      least = Math.min(least, room.nextProcessingTimeMs());
    }
    return least;
  }

  @Override
  public boolean hasPendingWork() {
    for (WaitingRoom room : rooms) {
      if (room.hasPendingWork()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    try {
      userFn.tearDown();
    } finally {
      for (WaitingRoom room : rooms) {
        room.close();
      }
    }
  }
}
