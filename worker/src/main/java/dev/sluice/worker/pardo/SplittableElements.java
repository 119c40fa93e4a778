package dev.sluice.worker.pardo;

import dev.sluice.state.keyed.Times;
import dev.sluice.worker.stage.DrainedWindows;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.SourceOptions;
import dev.sluice.worker.watermark.Activity;
import dev.sluice.worker.watermark.CombinedWatermark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.fn.splittabledofn.RestrictionTrackers;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.ProcessContinuation;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker.TruncateResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/**
 * The elements of a splittable DoFn and what is left of them.
 *
 * <p>Owned by one {@link ParDoOperator}. An element becomes restrictions when it arrives; they are
 * processed as due work, each call bounded by a {@link ClaimLimit}, and what a call leaves goes
 * back with the time and watermark that the DoFn asked for. Initial restrictions and splits are
 * made by a copy of the DoFn of its own, which never sees a bundle, because Beam promises these
 * methods to be called outside of bundles. Always true: an element that is not done holds the
 * watermark, and the side inputs of its window. Only what is left of it may let go of the watermark
 * when it is silent ({@link SilentRestrictions}) and others are not.
 */
final class SplittableElements implements Times, WaitingRoom {
  private static final long MAX_BUNDLE_MS = 100;

  /** How often what waits for a side input is looked at. */
  private static final long NOT_READY_MS = 100;

  /** An element in one window, its restriction and the state of its watermark estimator. */
  private record Work(WindowedValue<Object> element, Object restriction, Object estimatorState) {
    static Work of(KV<WindowedValue<Object>, KV<Object, Object>> kept) {
      return new Work(kept.getKey(), kept.getValue().getKey(), kept.getValue().getValue());
    }

    BoundedWindow window() {
      return element.getWindows().iterator().next();
    }

    KV<WindowedValue<Object>, KV<Object, Object>> kept() {
      return KV.of(element, KV.of(restriction, estimatorState));
    }
  }

  private final OperatorContext context;
  private final UserFn userFn;
  private final UserFn splitter;
  private final SplittableCall call;
  private final Residuals<KV<WindowedValue<Object>, KV<Object, Object>>> residuals;
  private final SilentRestrictions silent;
  private final boolean unbounded;
  private SideInputLookup sideInputs;
  private boolean inputActive = true;
  private boolean draining;

  /**
   * @param userFn the DoFn that processes
   * @param splitter another copy of it that splits
   * @param call what {@code userFn}'s arguments and outputs know of the current restriction
   */
  SplittableElements(
      OperatorContext context,
      ParDoSpec spec,
      UserFn userFn,
      UserFn splitter,
      SplittableCall call) {
    this.context = context;
    this.userFn = userFn;
    this.splitter = splitter;
    this.call = call;
    this.unbounded = spec.signature().isBoundedPerElement() == PCollection.IsBounded.UNBOUNDED;
    this.silent =
        new SilentRestrictions(
            context.task().options().as(SourceOptions.class).getIdleSplitTimeoutMs());
    userFn.arguments().withRestrictions(call);
    @SuppressWarnings("unchecked")
    Coder<KV<Object, Object>> restrictionCoder =
        (Coder<KV<Object, Object>>) context.components().coder(spec.restrictionCoderId());
    residuals =
        new Residuals<>(
            context, spec.windowCoder(), KvCoder.of(WaitingCoder.of(spec), restrictionCoder), this);
  }

  /** What the DoFn reads besides its elements. */
  void withSideInputs(SideInputLookup lookup) {
    sideInputs = lookup;
    splitter.arguments().withSideInputs(lookup);
  }

  @Override
  public void open() {
    splitter.setUp();
  }

  @Override
  public long advance(long watermarkMs) {
    return watermarkMs;
  }

  @Override
  public void close() {
    splitter.tearDown();
  }

  /** Takes an element in one window: makes its restrictions, which become due at once. */
  void process(Object value, long timestampMs, WindowScope scope, PaneInfo pane) {
    Instant timestamp = Instant.ofEpochMilli(timestampMs);
    WindowedValue<Object> element =
        WindowedValues.of(
            value, timestamp, scope.window(), pane, null, null, userFn.call().cause());
    begin(splitter, element);
    List<Object> restrictions = splitter.supply(this::restrictions);
    if (draining) {
      restrictions = restrictions.stream().flatMap(part -> truncated(part).stream()).toList();
    }
    begin(userFn, element);
    for (Object restriction : restrictions) {
      Object estimatorState =
          userFn.supply(
              () ->
                  userFn
                      .invoker()
                      .invokeGetInitialWatermarkEstimatorState(
                          new RestrictionArguments(userFn, restriction, null, null)));
      keep(new Work(element, restriction, estimatorState), processingTimeMs(), timestamp);
    }
  }

  private long keep(Work work, long resumeAtMs, Instant hold) {
    Instant need = sideInputs == null ? null : work.window().maxTimestamp();
    return residuals.add(work.kept(), resumeAtMs, hold, need);
  }

  private List<Object> restrictions() {
    Object whole =
        splitter
            .invoker()
            .invokeGetInitialRestriction(new RestrictionArguments(splitter, null, null, null));
    List<Object> parts = new ArrayList<>();
    splitter
        .invoker()
        .invokeSplitRestriction(new RestrictionArguments(splitter, whole, null, new Into(parts)));
    return parts;
  }

  /**
   * Cuts what would never end to what the DoFn wants to do before the job ends, now and for
   * elements that still come. All at once: of unbounded restrictions there are few, as each is
   * worked on all the time, and once cut they look like any others.
   */
  void drain() {
    if (draining) {
      return;
    }
    draining = true;
    for (Residuals.Held<KV<WindowedValue<Object>, KV<Object, Object>>> held : residuals.takeAll()) {
      silent.ended(held.number());
      Work work = Work.of(held.residual());
      begin(splitter, work.element);
      truncated(work.restriction)
          .ifPresent(
              rest ->
                  keep(
                      new Work(drained(work.element), rest, work.estimatorState),
                      processingTimeMs(),
                      held.hold()));
    }
  }

  private static WindowedValue<Object> drained(WindowedValue<Object> element) {
    return WindowedValues.builder(element).setCausedByDrain(CausedByDrain.CAUSED_BY_DRAIN).build();
  }

  boolean unbounded() {
    return unbounded;
  }

  /** What remains of a restriction of the element that {@link #splitter} has begun with. */
  private Optional<Object> truncated(Object restriction) {
    TruncateResult<Object> result =
        splitter.supply(
            () ->
                splitter
                    .invoker()
                    .invokeTruncateRestriction(
                        new RestrictionArguments(splitter, restriction, null, null)));
    return Optional.ofNullable(result).map(TruncateResult::getTruncatedRestriction);
  }

  private static void begin(UserFn fn, WindowedValue<Object> element) {
    fn.call()
        .begin(
            element.getValue(),
            element.getTimestamp().getMillis(),
            DrainedWindows.of(element.getWindows(), element.causedByDrain()),
            element.getPaneInfo());
  }

  @Override
  public boolean hasDueWork() {
    return nextProcessingTimeMs() <= processingTimeMs();
  }

  /**
   * Calls the DoFn for restrictions that are due, in order, until one wants to resume at once, much
   * time has passed or a barrier is on its way: any of these would keep the bundle open, and the
   * barriers and watermarks behind it waiting.
   *
   * @return how many; {@code limit} if the bundle should end although more is due
   */
  @Override
  public int fire(int limit) {
    long startedMs = processingTimeMs();
    silent.advance(startedMs);
    for (int done = 0; done < limit; done++) {
      Residuals.Held<KV<WindowedValue<Object>, KV<Object, Object>>> held =
          residuals.take(processingTimeMs());
      if (held == null) {
        return done;
      }
      boolean goesOn = process(held);
      if (goesOn
          || processingTimeMs() - startedMs >= MAX_BUNDLE_MS
          || context.task().services().barrierAnnounced()) {
        return limit;
      }
    }
    return limit;
  }

  /** Returns whether something is left that may resume at once. */
  private boolean process(Residuals.Held<KV<WindowedValue<Object>, KV<Object, Object>>> held) {
    Work work = Work.of(held.residual());
    if (sideInputs != null && !sideInputs.isReady(work.window())) {
      // What a savepoint keeps may be of a pipeline in which the DoFn did not read this yet.
      silent.ended(held.number());
      keep(work, processingTimeMs() + NOT_READY_MS, held.hold());
      return false;
    }
    begin(userFn, work.element);
    ClaimLimit limit = userFn.supply(() -> limit(work));
    ProcessContinuation continuation = userFn.processRestriction();
    userFn.run(() -> finish(limit, continuation));
    if (limit.residual() == null) {
      silent.ended(held.number());
      return false;
    }
    Work left = new Work(work.element, limit.residual(), limit.estimatorState());
    long delayMs = continuation.resumeDelay().getMillis();
    long nowMs = processingTimeMs();
    long number = keep(left, nowMs + delayMs, limit.watermark());
    boolean brought = call.hasEmitted() || limit.watermark().isAfter(held.hold());
    silent.wentBack(held.number(), number, brought, limit.watermark(), nowMs, nowMs + delayMs);
    return delayMs <= 0;
  }

  private ClaimLimit limit(Work work) {
    RestrictionArguments arguments =
        new RestrictionArguments(userFn, work.restriction, work.estimatorState, null);
    WatermarkEstimator<Object> estimator = userFn.invoker().invokeNewWatermarkEstimator(arguments);
    RestrictionTracker<Object, Object> tracker = userFn.invoker().invokeNewTracker(arguments);
    ClaimLimit limit = new ClaimLimit(tracker, estimator, context.task());
    call.begin(RestrictionTrackers.observe(tracker, limit), estimator);
    return limit;
  }

  private void finish(ClaimLimit limit, ProcessContinuation continuation) {
    if (continuation.shouldResume()) {
      if (limit.claimFailed()) {
        throw new IllegalStateException(
            "After tryClaim() returned false, @ProcessElement must return stop(), but returned"
                + " resume()");
      }
      limit.splitOff();
    }
    call.tracker().checkDone();
  }

  /**
   * What restrictions hold. Those that are silent hold nothing if others, or the input, are active.
   */
  @Override
  public long holdMs() {
    if (silent.holds().isEmpty()) {
      return residuals.holdMs();
    }
    long activeMs = residuals.holdMsBut(silent.holds());
    return activeMs < CombinedWatermark.END_MS || inputActive ? activeMs : residuals.holdMs();
  }

  /** What is to be expected of the restrictions; {@code input} if there are none. */
  @Override
  public Activity activity(Activity input) {
    inputActive = input == Activity.ACTIVE;
    if (residuals.isEmpty()) {
      return input;
    }
    boolean allSilent =
        !silent.holds().isEmpty()
            && residuals.holdMsBut(silent.holds()) >= CombinedWatermark.END_MS;
    return allSilent && input != Activity.ACTIVE ? Activity.IDLE : Activity.ACTIVE;
  }

  /** No side input is read any more for a window that ends before this. */
  @Override
  public long needMs() {
    return Math.min(residuals.holdMs(), residuals.needMs());
  }

  @Override
  public long nextProcessingTimeMs() {
    return Math.min(residuals.nextMs(), silent.nextMs());
  }

  @Override
  public boolean hasPendingWork() {
    return !residuals.isEmpty();
  }

  @Override
  public long processingTimeMs() {
    return context.task().clock().nowMs();
  }

  @Override
  public long inputWatermarkMs() {
    return BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  }

  @Override
  public long outputWatermarkMs() {
    return BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  }

  /** Collects the parts that a restriction is split into. */
  private record Into(List<Object> parts) implements OutputReceiver<Object> {
    @Override
    public void output(Object restriction) {
      parts.add(restriction);
    }

    @Override
    public OutputBuilder<Object> builder(Object restriction) {
      return WindowedValues.<Object>builder()
          .setValue(restriction)
          .setTimestamp(BoundedWindow.TIMESTAMP_MIN_VALUE)
          .setWindow(GlobalWindow.INSTANCE)
          .setPaneInfo(PaneInfo.NO_FIRING)
          .setReceiver(built -> parts.add(built.getValue()));
    }
  }
}
