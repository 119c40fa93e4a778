package dev.sluice.worker.pardo;

import dev.sluice.state.error.Thrown;
import dev.sluice.worker.stage.Blame;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.TransformException;
import java.util.Collection;
import java.util.function.Supplier;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.transforms.DoFn.ProcessContinuation;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.KV;

/**
 * A user's DoFn and the only place from which it is called.
 *
 * <p>Owned by one operator, called by the task's thread. Around each call it makes the step's
 * metrics container current and puts back what was current before, because an output calls the next
 * transform from inside. What user code throws comes out as a {@link TransformException} that names
 * this transform; what a transform further down threw passes through as it is, even if the user's
 * code caught and wrapped or swallowed it.
 */
final class UserFn {
  private final OperatorContext context;
  private final Blame blame;
  private final Call call;
  private final DoFnArguments arguments;
  private final DoFnInvoker<Object, Object> invoker;
  private final MetricsContainer container;
  private final StateCheck stateCheck;
  private MetricsEnvironmentState metrics;
  private boolean setUp;
  private long given;

  /**
   * @param stateCheck looks at what is read from state; null if nobody asked for it
   */
  UserFn(
      OperatorContext context,
      DoFnInvoker<Object, Object> invoker,
      Call call,
      DoFnArguments arguments,
      StateCheck stateCheck) {
    this.context = context;
    this.blame = context.blame();
    this.call = call;
    this.arguments = arguments;
    this.invoker = invoker;
    this.container = context.metrics();
    this.stateCheck = stateCheck;
  }

  StateCheck stateCheck() {
    return stateCheck;
  }

  DoFnInvoker<Object, Object> invoker() {
    return invoker;
  }

  DoFnArguments arguments() {
    return arguments;
  }

  Call call() {
    return call;
  }

  /** How many elements, timers and restrictions it was called with, ever. */
  long given() {
    return given;
  }

  /** The element that it was called with last, or null. */
  Object last() {
    return call.element;
  }

  /** Calls {@code @Setup}; if that throws, {@code @Teardown} follows at once. */
  void setUp() {
    metrics = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    setUp = true;
    MetricsContainer before = metrics.activate(container);
    try {
      invoker.invokeSetup(arguments);
    } catch (Throwable t) {
      TransformException failure = failure(t);
      try {
        tearDown();
      } catch (TransformException inTeardown) {
        Thrown.suppress(failure, inTeardown);
      }
      throw failure;
    } finally {
      metrics.activate(before);
    }
  }

  /** Calls {@code @Teardown} if {@code @Setup} was called and this was not done yet. */
  void tearDown() {
    if (setUp) {
      setUp = false;
      run(invoker::invokeTeardown);
    }
  }

  void startBundle() {
    call.beginBundleMethod();
    run(() -> invoker.invokeStartBundle(arguments));
  }

  void finishBundle() {
    call.beginBundleMethod();
    run(() -> invoker.invokeFinishBundle(arguments));
  }

  /** Processes an element in all of its windows at once. */
  void process(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    call.begin(value, timestampMs, windows, pane);
    processElement();
  }

  /** Processes an element in one window; {@code windows} holds just that. */
  void process(
      Object value,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      BoundedWindow window,
      PaneInfo pane) {
    call.begin(value, timestampMs, windows, window, pane);
    processElement();
  }

  private void processElement() {
    given++;
    MetricsContainer before = metrics.activate(container);
    blame.begin();
    try {
      invoker.invokeProcessElement(arguments);
    } catch (Throwable t) {
      throw failure(t);
    } finally {
      metrics.activate(before);
    }
    checkDownstream();
  }

  /** Calls {@code @OnTimer}; outputs are at the timer's output timestamp. */
  void onTimer(
      TimerData timer,
      Object key,
      Collection<? extends BoundedWindow> windows,
      BoundedWindow window) {
    call.begin(null, timer.getOutputTimestamp().getMillis(), windows, window, PaneInfo.NO_FIRING);
    arguments.firing(timer, key);
    given++;
    MetricsContainer before = metrics.activate(container);
    blame.begin();
    try {
      invoker.invokeOnTimer(timer.getTimerId(), timer.getTimerFamilyId(), arguments);
    } catch (Throwable t) {
      throw failure(t);
    } finally {
      metrics.activate(before);
    }
    checkDownstream();
  }

  /** Calls {@code @OnWindowExpiration}; outputs are at the end of the window. */
  void onWindowExpiration(
      Object key, Collection<? extends BoundedWindow> windows, BoundedWindow window) {
    call.begin(null, window.maxTimestamp().getMillis(), windows, window, PaneInfo.NO_FIRING);
    arguments.firing(null, key);
    run(() -> invoker.invokeOnWindowExpiration(arguments));
  }

  /** Calls {@code @ProcessElement} of a splittable DoFn for what {@link Call} holds now. */
  ProcessContinuation processRestriction() {
    given++;
    return supply(() -> invoker.invokeProcessElement(arguments));
  }

  /** Runs any other user code of this transform in its environment. */
  void run(Runnable userCode) {
    supply(
        () -> {
          userCode.run();
          return null;
        });
  }

  /** Runs any other user code of this transform in its environment, for a result. */
  <T> T supply(Supplier<T> userCode) {
    MetricsContainer before = metrics.activate(container);
    blame.begin();
    T result;
    try {
      result = userCode.get();
    } catch (Throwable t) {
      throw failure(t);
    } finally {
      metrics.activate(before);
    }
    checkDownstream();
    return result;
  }

  /** The key of an element that must be a KV. */
  Object keyOf(Object value) {
    if (value instanceof KV) {
      return ((KV<?, ?>) value).getKey();
    }
    throw new TransformException(
        context.transformName(),
        new IllegalArgumentException(
            "a DoFn with state or timers takes KVs, but its input has " + Thrown.textOf(value)));
  }

  /** A failure from below counts even if the user's code swallowed it. */
  private void checkDownstream() {
    if (call.downstreamFailure != null) {
      throw failure(call.downstreamFailure);
    }
  }

  private TransformException failure(Throwable thrown) {
    if (call.downstreamFailure != null) {
      Throwable passing = call.downstreamFailure;
      call.downstreamFailure = null;
      if (passing instanceof StackOverflowError) {
        // It was thrown so deep in the stack that there was no room to say where.
        return new TransformException(context.transformName(), passing);
      }
      throw UserFn.<RuntimeException>asUnchecked(passing);
    }
    Throwable cause = thrown;
    while (cause instanceof UserCodeException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return blame.of(cause);
  }

  /** Throws as it came: whatever passes from below keeps its own type. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E asUnchecked(Throwable t) throws E {
    throw (E) t;
  }
}
