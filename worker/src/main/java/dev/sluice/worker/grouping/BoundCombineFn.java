package dev.sluice.worker.grouping;

import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * A combine function that wants a context, bound to the pipeline's options and to no side inputs,
 * so that the rest of the package knows one kind of function only.
 *
 * <p>Combines that do have side inputs never get here: translation expands them.
 */
final class BoundCombineFn<InputT, AccumT, OutputT> extends CombineFn<InputT, AccumT, OutputT> {
  private final CombineFnWithContext<InputT, AccumT, OutputT> fn;
  private final transient CombineWithContext.Context context;

  BoundCombineFn(CombineFnWithContext<InputT, AccumT, OutputT> fn, PipelineOptions options) {
    this.fn = fn;
    this.context = new OptionsOnly(options);
  }

  @Override
  public AccumT createAccumulator() {
    return fn.createAccumulator(context);
  }

  @Override
  public AccumT addInput(AccumT accumulator, InputT input) {
    return fn.addInput(accumulator, input, context);
  }

  @Override
  public AccumT mergeAccumulators(Iterable<AccumT> accumulators) {
    return fn.mergeAccumulators(accumulators, context);
  }

  @Override
  public OutputT extractOutput(AccumT accumulator) {
    return fn.extractOutput(accumulator, context);
  }

  @Override
  public AccumT compact(AccumT accumulator) {
    return fn.compact(accumulator, context);
  }

  @Override
  public OutputT defaultValue() {
    return fn.defaultValue();
  }

  private static final class OptionsOnly extends CombineWithContext.Context {
    private final PipelineOptions options;

    OptionsOnly(PipelineOptions options) {
      this.options = options;
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return options;
    }

    @Override
    public <T> T sideInput(PCollectionView<T> view) {
      throw new IllegalArgumentException(
          "side input " + view + " was not declared with withSideInputs");
    }
  }
}
