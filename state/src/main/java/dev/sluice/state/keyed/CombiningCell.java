package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.StateContext;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.util.CombineFnUtil;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The cell of a {@code CombiningState}: one accumulator, made when the first input comes.
 *
 * <p>{@link #read} extracts from a fresh accumulator into which this one was merged, because a
 * combine function may give out its accumulator, or change it, when asked for its output.
 */
final class CombiningCell<InputT, AccumT, OutputT> extends StateCell
    implements CombiningState<InputT, AccumT, OutputT> {
  private final Coder<AccumT> accumulatorCoder;
  private final @Nullable CombineFnWithContext<InputT, AccumT, OutputT> fnWithContext;
  private CombineFn<InputT, AccumT, OutputT> fn;
  private @Nullable StateContext<?> context;
  private @Nullable AccumT accumulator;

  CombiningCell(
      CellPlace place, Coder<AccumT> accumulatorCoder, CombineFn<InputT, AccumT, OutputT> fn) {
    super(place);
    this.accumulatorCoder = accumulatorCoder;
    this.fnWithContext = null;
    this.fn = fn;
  }

  CombiningCell(
      CellPlace place,
      Coder<AccumT> accumulatorCoder,
      CombineFnWithContext<InputT, AccumT, OutputT> fnWithContext,
      StateContext<?> context) {
    super(place);
    this.accumulatorCoder = accumulatorCoder;
    this.fnWithContext = fnWithContext;
    this.fn = CombineFnUtil.bindContext(fnWithContext, context);
    this.context = context;
  }

  /** A function with side inputs sees those of whoever asked for the state last. */
  void useContext(StateContext<?> asked) {
    if (fnWithContext != null && asked != context) {
      context = asked;
      fn = CombineFnUtil.bindContext(fnWithContext, asked);
    }
  }

  @Override
  public void add(InputT input) {
    accumulator = fn.addInput(accumulatorForWriting(), input);
  }

  @Override
  public void addAccum(AccumT other) {
    accumulator = fn.mergeAccumulators(Arrays.asList(accumulatorForWriting(), other));
  }

  @Override
  public AccumT getAccum() {
    return live ? accumulator : fn.createAccumulator();
  }

  @Override
  public AccumT mergeAccumulators(Iterable<AccumT> accumulators) {
    return fn.mergeAccumulators(accumulators);
  }

  @Override
  public OutputT read() {
    AccumT fresh = fn.createAccumulator();
    return fn.extractOutput(live ? fn.mergeAccumulators(Arrays.asList(fresh, accumulator)) : fresh);
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new DeferredRead<>(() -> !live);
  }

  @Override
  public void clear() {
    if (live) {
      accumulator = null;
      becomeEmpty();
    }
  }

  @Override
  public CombiningState<InputT, AccumT, OutputT> readLater() {
    return this;
  }

  @Override
  void encodeContent(Bytes out) {
    StateLog.encode(out, accumulator, accumulatorCoder, described());
  }

  @Override
  void decodeContent(ByteReader in) {
    accumulator = in.decodeNested(accumulatorCoder, described());
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    visitor.visit(null, new Coded<>(accumulator, accumulatorCoder));
  }

  private AccumT accumulatorForWriting() {
    if (live) {
      changing();
      return accumulator;
    }
    AccumT fresh = fn.createAccumulator();
    becomeLive();
    accumulator = fresh;
    return fresh;
  }
}
