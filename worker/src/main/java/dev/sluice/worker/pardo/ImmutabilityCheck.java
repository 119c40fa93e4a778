package dev.sluice.worker.pardo;

import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.DebugOptions;
import dev.sluice.worker.stage.OperatorContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.IllegalMutationException;
import org.apache.beam.sdk.util.MutationDetector;
import org.apache.beam.sdk.util.MutationDetectors;

/**
 * Finds a DoFn that changes its input element, an element it has emitted or, without writing it
 * back, what it has read from its state, for {@link DebugOptions#isCheckImmutability}.
 *
 * <p>Owned by one operator and made only when the option is on; without it the DoFn is called and
 * its outputs are wired as if this class were not there. An input is compared when the call with it
 * is over; an output when the call that emitted it is over and once more at the end of the bundle,
 * which finds an object that is filled and emitted again and again. Always true: the DoFn gets a
 * copy of its input, and what is downstream a copy of the output, so nobody is blamed for what
 * another transform or thread does to an object that they share.
 */
final class ImmutabilityCheck {
  private static final String FINISH_BUNDLE = "invokeFinishBundle";

  private final OperatorContext context;
  private final ParDoSpec spec;
  private final List<MutationDetector> emitted = new ArrayList<>();
  private final StateCheck state = new StateCheck();
  private boolean calling;

  private ImmutabilityCheck(OperatorContext context, ParDoSpec spec) {
    this.context = context;
    this.spec = spec;
  }

  /** The check of this ParDo, or null if it is not asked for. */
  static ImmutabilityCheck of(OperatorContext context, ParDoSpec spec) {
    return context.task().options().as(DebugOptions.class).isCheckImmutability()
        ? new ImmutabilityCheck(context, spec)
        : null;
  }

  /** The part that looks at state. */
  StateCheck state() {
    return state;
  }

  /** Remembers what goes to these outputs. */
  Map<String, Receiver> watch(Map<String, Receiver> outputs) {
    Map<String, Receiver> watched = new LinkedHashMap<>();
    outputs.forEach(
        (tag, receiver) -> {
          Coder<Object> coder = context.components().elementCoder(spec.outputs().get(tag));
          watched.put(
              tag,
              (value, timestampMs, windows, pane) -> {
                emitted.add(remember(value, coder));
                receiver.receive(copy(value, coder), timestampMs, windows, pane);
              });
        });
    return watched;
  }

  /** Compares around every call of user code. */
  @SuppressWarnings("unchecked")
  DoFnInvoker<Object, Object> around(DoFnInvoker<Object, Object> invoker, Call call) {
    return (DoFnInvoker<Object, Object>)
        Proxy.newProxyInstance(
            DoFnInvoker.class.getClassLoader(),
            new Class<?>[] {DoFnInvoker.class},
            (proxy, method, arguments) -> invoke(invoker, method, arguments, call));
  }

  private Object invoke(
      DoFnInvoker<Object, Object> invoker, Method method, Object[] arguments, Call call)
      throws Throwable {
    if (calling) {
      // An argument that is made by another method of the DoFn: the same element is at hand.
      return invokePlainly(invoker, method, arguments);
    }
    calling = true;
    try {
      int before = emitted.size();
      call.element = copy(call.element, spec.inputCoder());
      MutationDetector input = remember(call.element, spec.inputCoder());
      Object result = invokePlainly(invoker, method, arguments);
      verify(input, "its input element");
      state.verify();
      boolean bundleEnds = method.getName().equals(FINISH_BUNDLE);
      for (MutationDetector output : emitted.subList(bundleEnds ? 0 : before, emitted.size())) {
        verify(output, "an element that it had emitted");
      }
      if (bundleEnds) {
        emitted.clear();
      }
      return result;
    } finally {
      calling = false;
    }
  }

  private static Object invokePlainly(
      DoFnInvoker<Object, Object> invoker, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(invoker, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void verify(MutationDetector detector, String what) {
    try {
      detector.verifyUnmodified();
    } catch (IllegalMutationException e) {
      throw new IllegalMutationException(
          "the DoFn changed "
              + what
              + " from "
              + e.getSavedValue()
              + " to "
              + e.getNewValue()
              + "; elements are shared with other transforms, so change a copy instead",
          e.getSavedValue(),
          e.getNewValue(),
          e);
    }
  }

  private MutationDetector remember(Object value, Coder<Object> coder) {
    try {
      return MutationDetectors.forValueWithCoder(value, coder);
    } catch (Throwable e) {
      throw context.blame().of(e);
    }
  }

  private Object copy(Object value, Coder<Object> coder) {
    try {
      return value == null ? null : CoderUtils.clone(coder, value);
    } catch (Throwable e) {
      throw context.blame().of(e);
    }
  }
}
