package dev.sluice.worker.pardo;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.util.IllegalMutationException;
import org.apache.beam.sdk.util.MutationDetector;
import org.apache.beam.sdk.util.MutationDetectors;
import org.apache.beam.sdk.values.TimestampedValue;

/**
 * Finds a DoFn that changes an object that it has read from its state and does not write it back:
 * whether such a change gets into a checkpoint is a matter of chance.
 *
 * <p>Owned by an {@link ImmutabilityCheck}, therefore there only if it is asked for. Always true:
 * what was read in a call of user code is compared at its end, unless it was written meanwhile.
 */
final class StateCheck {
  private final List<Read> reads = new ArrayList<>();

  /** Something that was read: by which state object, and what it was like. */
  private record Read(String stateId, State cell, Object value, MutationDetector detector) {}

  /** Returns a state object that does what the cell does and remembers what is read through it. */
  State watch(String stateId, State cell, StateSpec<?> spec) {
    Coder<?> coder = spec.match(new ContentCoder());
    if (coder == null) {
      return cell;
    }
    return (State)
        Proxy.newProxyInstance(
            State.class.getClassLoader(),
            stateInterfaces(cell),
            (proxy, method, arguments) -> {
              forgetWritten(cell, method.getName(), arguments);
              Object result = call(cell, method, arguments);
              return result == cell
                  ? proxy
                  : watched(result, method.getName(), new Source(stateId, cell, coder));
            });
  }

  /** Where something is read from. */
  private record Source(String stateId, State cell, Coder<?> coder) {}

  private static Class<?>[] stateInterfaces(State cell) {
    List<Class<?>> interfaces = new ArrayList<>(List.of(cell.getClass().getInterfaces()));
    interfaces.removeIf(one -> !State.class.isAssignableFrom(one));
    return interfaces.toArray(new Class<?>[0]);
  }

  private static Object call(Object on, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void forgetWritten(State cell, String method, Object[] arguments) {
    switch (method) {
      case "write", "clear", "clearRange", "remove", "addAccum" ->
          reads.removeIf(read -> read.cell == cell);
      case "add", "put" -> reads.removeIf(read -> read.cell == cell && isAmong(read, arguments));
      default -> {}
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very object that was read is written back
  private static boolean isAmong(Read read, Object[] arguments) {
    for (Object argument : arguments) {
      Object written = argument instanceof TimestampedValue<?> timed ? timed.getValue() : argument;
      if (written == read.value) {
        return true;
      }
    }
    return false;
  }

  private Object watched(Object result, String method, Source source) {
    return switch (method) {
      case "read", "readRange" -> {
        if (source.cell instanceof CombiningState) {
          // Extracted from the accumulator: no part of the state.
          yield result;
        }
        yield source.cell instanceof ValueState ? remember(result, source) : each(result, source);
      }
      case "getAccum" -> remember(result, source);
      case "get", "getOrDefault", "computeIfAbsent", "values", "entries" ->
          deferred((ReadableState<?>) result, source);
      default -> result;
    };
  }

  private ReadableState<Object> deferred(ReadableState<?> state, Source source) {
    return new ReadableState<>() {
      @Override
      public Object read() {
        Object result = state.read();
        // A user's value in a map may be an iterable too, with a coder that takes it as a whole.
        return result instanceof Iterable && !fits(result, source.coder)
            ? each(result, source)
            : remember(result, source);
      }

      @Override
      public ReadableState<Object> readLater() {
        state.readLater();
        return this;
      }
    };
  }

  private static boolean fits(Object value, Coder<?> coder) {
    return coder.getEncodedTypeDescriptor().getRawType().isInstance(value);
  }

  @SuppressWarnings("unchecked") // whatever its elements are, they are objects
  private Iterable<Object> each(Object elements, Source source) {
    return () ->
        StreamSupport.stream(((Iterable<Object>) elements).spliterator(), false)
            .peek(element -> remember(contentOf(element, source), source))
            .iterator();
  }

  private static Object contentOf(Object element, Source source) {
    if (element instanceof TimestampedValue<?> timed) {
      return timed.getValue();
    }
    return element instanceof Map.Entry<?, ?> entry && !(source.cell instanceof BagState)
        ? entry.getValue()
        : element;
  }

  @SuppressWarnings("unchecked") // the coder is that of the state's content
  private Object remember(Object value, Source source) {
    if (value != null) {
      try {
        MutationDetector detector =
            MutationDetectors.forValueWithCoder(value, (Coder<Object>) source.coder);
        reads.add(new Read(source.stateId, source.cell, value, detector));
      } catch (CoderException e) {
        throw new IllegalArgumentException(
            "The content of state '"
                + source.stateId
                + "' cannot be encoded by its coder "
                + source.coder,
            e);
      }
    }
    return value;
  }

  /**
   * Compares what was read since the last time, and forgets it.
   *
   * @throws IllegalMutationException if something was changed and not written
   */
  void verify() {
    try {
      for (Read read : reads) {
        verify(read);
      }
    } finally {
      reads.clear();
    }
  }

  private static void verify(Read read) {
    try {
      read.detector.verifyUnmodified();
    } catch (IllegalMutationException e) {
      throw new IllegalMutationException(
          "the DoFn changed what it had read from state '"
              + read.stateId
              + "' from "
              + e.getSavedValue()
              + " to "
              + e.getNewValue()
              + " without writing it back; write it after the change, or change a copy",
          e.getSavedValue(),
          e.getNewValue(),
          e);
    }
  }

  /** Finds the coder of the objects that a state hands out; null if it hands out none. */
  private static final class ContentCoder extends StateSpec.Cases.WithDefault<Coder<?>> {
    @Override
    public Coder<?> dispatchValue(Coder<?> valueCoder) {
      return valueCoder;
    }

    @Override
    public Coder<?> dispatchBag(Coder<?> elementCoder) {
      return elementCoder;
    }

    @Override
    public Coder<?> dispatchOrderedList(Coder<?> elementCoder) {
      return elementCoder;
    }

    @Override
    public Coder<?> dispatchCombining(CombineFn<?, ?, ?> combineFn, Coder<?> accumCoder) {
      return accumCoder;
    }

    @Override
    public Coder<?> dispatchMap(Coder<?> keyCoder, Coder<?> valueCoder) {
      return valueCoder;
    }

    @Override
    public Coder<?> dispatchSet(Coder<?> elementCoder) {
      return elementCoder;
    }

    @Override
    public Coder<?> dispatchMultimap(Coder<?> keyCoder, Coder<?> valueCoder) {
      return valueCoder;
    }

    @Override
    protected Coder<?> dispatchDefault() {
      return null;
    }
  }
}
