package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.OperatorContext;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;

/**
 * Gives Beam's generated invoker what a method of the DoFn declares as parameters.
 *
 * <p>One per operator, for every method and call; what it gives comes from the {@link Call} and the
 * parts it was given. Which parameters a method may declare was checked by Beam when the pipeline
 * was built, so nothing is checked again here.
 */
final class DoFnArguments extends DoFnInvoker.BaseArgumentProvider<Object, Object> {
  private final ParDoSpec spec;
  private final Call call;
  private final OutputReceivers receivers;
  private final OperatorContext context;
  private final ElementContext elementContext;
  private final TimerContext timerContext;
  private final BundleContexts.Start startContext;
  private final BundleContexts.Finish finishContext;
  private final BundleFinalizer finalizer;
  private SideInputLookup sideInputs;
  private UserState state;
  private UserTimers timers;
  private SplittableCall restrictions;
  private TimerData firing;
  private Object key;

  DoFnArguments(ParDoSpec spec, Call call, OutputReceivers receivers, OperatorContext context) {
    this.spec = spec;
    this.call = call;
    this.receivers = receivers;
    this.context = context;
    this.elementContext = new ElementContext(spec.fn(), call, this);
    this.timerContext = new TimerContext(spec.fn(), call, this);
    this.startContext = new BundleContexts.Start(spec.fn(), context.task().options());
    this.finishContext = new BundleContexts.Finish(spec.fn(), call, context.task().options());
    this.finalizer = new CommitCallbacks(spec.transformName(), context.task());
  }

  void withSideInputs(SideInputLookup lookup) {
    sideInputs = lookup;
  }

  void withState(UserState userState, UserTimers userTimers) {
    state = userState;
    timers = userTimers;
  }

  void withRestrictions(SplittableCall splittable) {
    restrictions = splittable;
  }

  /** Names the timer that fires in the call that begins, and whose it is. */
  void firing(TimerData timer, Object keyOfTimer) {
    firing = timer;
    key = keyOfTimer;
  }

  TimerData firing() {
    return firing;
  }

  <T> T sideInput(PCollectionView<T> view) {
    if (sideInputs == null) {
      throw SideInputLookup.unknown();
    }
    return sideInputs.get(view, call.window());
  }

  @Override
  public Object element(DoFn<Object, Object> doFn) {
    return call.element;
  }

  @Override
  @SuppressWarnings("unchecked")
  public Object schemaElement(int index) {
    SerializableFunction<Object, Object> converter =
        (SerializableFunction<Object, Object>) spec.schema().getElementConverters().get(index);
    return converter.apply(call.element);
  }

  @Override
  public Object key() {
    return key;
  }

  @Override
  public Object sideInput(String tagId) {
    PCollectionView<?> view = spec.views().get(tagId);
    if (view == null) {
      throw new IllegalStateException("Side input tag " + tagId + " not found");
    }
    return sideInput(view);
  }

  @Override
  public Instant timestamp(DoFn<Object, Object> doFn) {
    return call.timestamp();
  }

  @Override
  public BoundedWindow window() {
    return call.window();
  }

  @Override
  public PaneInfo paneInfo(DoFn<Object, Object> doFn) {
    return call.pane;
  }

  @Override
  public CausedByDrain causedByDrain(DoFn<Object, Object> doFn) {
    return call.causedByDrain();
  }

  @Override
  public PipelineOptions pipelineOptions() {
    return context.task().options();
  }

  @Override
  public OutputReceiver<Object> outputReceiver(DoFn<Object, Object> doFn) {
    return receivers.main();
  }

  @Override
  public OutputReceiver<Row> outputRowReceiver(DoFn<Object, Object> doFn) {
    return receivers.mainRows();
  }

  @Override
  public MultiOutputReceiver taggedOutputReceiver(DoFn<Object, Object> doFn) {
    return receivers;
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    return finalizer;
  }

  @Override
  public DoFn<Object, Object>.ProcessContext processContext(DoFn<Object, Object> doFn) {
    return elementContext;
  }

  @Override
  public DoFn<Object, Object>.StartBundleContext startBundleContext(DoFn<Object, Object> doFn) {
    return startContext;
  }

  @Override
  public DoFn<Object, Object>.FinishBundleContext finishBundleContext(DoFn<Object, Object> doFn) {
    return finishContext;
  }

  @Override
  public DoFn<Object, Object>.OnTimerContext onTimerContext(DoFn<Object, Object> doFn) {
    return timerContext;
  }

  @Override
  public TimeDomain timeDomain(DoFn<Object, Object> doFn) {
    return firing.getDomain();
  }

  @Override
  public String timerId(DoFn<Object, Object> doFn) {
    return firing.getTimerId();
  }

  @Override
  public State state(String stateId, boolean alwaysFetched) {
    return state.cell(stateId, alwaysFetched);
  }

  @Override
  public Timer timer(String timerId) {
    return timers.timer(timerId);
  }

  @Override
  public TimerMap timerFamily(String familyId) {
    return timers.family(familyId);
  }

  @Override
  public RestrictionTracker<?, ?> restrictionTracker() {
    return restrictions.tracker();
  }

  @Override
  public WatermarkEstimator<?> watermarkEstimator() {
    return restrictions.estimator();
  }

  @Override
  public String getErrorContext() {
    return spec.transformName();
  }
}
