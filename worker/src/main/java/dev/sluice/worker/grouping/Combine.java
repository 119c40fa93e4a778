package dev.sluice.worker.grouping;

import dev.sluice.worker.stage.OperatorContext;
import java.io.IOException;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Combine.BinaryCombineFn;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.util.SerializableUtils;

/**
 * A transform's combine function and the coder of its accumulators, read from the transform's
 * payload.
 *
 * <p>Immutable; made once per operator.
 *
 * @param fn the user's function; one that wants a context has it bound already
 * @param accumulatorCoder coder of its accumulators
 */
record Combine<InputT, AccumT, OutputT>(
    CombineFn<InputT, AccumT, OutputT> fn, Coder<AccumT> accumulatorCoder) {
  private static final String JAVA_COMBINE_FN = "beam:combinefn:javasdk:v1";

  /** Reads the payload of a {@code beam:transform:combine_per_key:v1}. */
  @SuppressWarnings("unchecked")
  static <InputT, AccumT, OutputT> Combine<InputT, AccumT, OutputT> of(OperatorContext context) {
    RunnerApi.CombinePayload payload = payload(context);
    RunnerApi.FunctionSpec spec = payload.getCombineFn();
    if (!spec.getUrn().equals(JAVA_COMBINE_FN)) {
      throw new IllegalArgumentException(
          "transform '%s' has a combine function '%s', which is not a Java one"
              .formatted(context.transformName(), spec.getUrn()));
    }
    Object fn =
        SerializableUtils.deserializeFromByteArray(
            spec.getPayload().toByteArray(), "CombineFn of " + context.transformName());
    CombineFn<InputT, AccumT, OutputT> contextFree =
        fn instanceof CombineFnWithContext<?, ?, ?> wanting
            ? new BoundCombineFn<>(
                (CombineFnWithContext<InputT, AccumT, OutputT>) wanting, context.task().options())
            : (CombineFn<InputT, AccumT, OutputT>) fn;
    return new Combine<>(
        contextFree, (Coder<AccumT>) context.components().coder(payload.getAccumulatorCoderId()));
  }

  /** The same with the newest input as its result, whatever the function makes of several. */
  @SuppressWarnings("unchecked")
  Combine<InputT, AccumT, OutputT> newest() {
    BinaryCombineFn<OutputT> binary = (BinaryCombineFn<OutputT>) (CombineFn<?, ?, ?>) fn;
    return new Combine<>(
        (CombineFn<InputT, AccumT, OutputT>) (CombineFn<?, ?, ?>) new NewestFn<>(binary),
        accumulatorCoder);
  }

  private static RunnerApi.CombinePayload payload(OperatorContext context) {
    try {
      return RunnerApi.CombinePayload.parseFrom(
          context.components().transform(context.transformId()).getSpec().getPayload());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "transform '%s' has no readable combine payload".formatted(context.transformName()), e);
    }
  }
}
