package dev.sluice.translation;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * Recognises the combine with which the Java SDK makes one value of a {@code View.asSingleton}, and
 * which refuses a second one; pure functions.
 *
 * <p>The function itself is a serialised Java object, and translation runs no user code. So it is
 * known by the class that the SDK names in the transform's display data, which does not depend on
 * what the user calls the transform. The combines of other SDKs have functions of another URN.
 */
final class SingletonCombine {
  private static final String JAVA_FUNCTION = "beam:combinefn:javasdk:v1";
  private static final String LABELLED = "beam:display_data:labelled:v1";
  private static final String FUNCTION_KEY = "combineFn";
  private static final String FUNCTION_CLASS =
      "org.apache.beam.sdk.transforms.View$SingletonCombineFn";

  private SingletonCombine() {}

  /**
   * Whether {@code combine} is that of a singleton whose trigger may put several values into one
   * pane, only because they arrived together. The newest of them is the value then.
   */
  static boolean takesNewest(RunnerApi.PTransform combine, RunnerApi.WindowingStrategy windowing) {
    return EarlyFirings.possible(windowing.getTrigger()) && isOfSingleton(combine);
  }

  private static boolean isOfSingleton(RunnerApi.PTransform combine) {
    return Payloads.combine(combine).getCombineFn().getUrn().equals(JAVA_FUNCTION)
        && combine.getDisplayDataList().stream()
            .filter(item -> item.getUrn().equals(LABELLED))
            .anyMatch(SingletonCombine::namesFunction);
  }

  private static boolean namesFunction(RunnerApi.DisplayData item) {
    try {
      RunnerApi.LabelledPayload payload = RunnerApi.LabelledPayload.parseFrom(item.getPayload());
      return payload.getKey().equals(FUNCTION_KEY)
          && payload.getStringValue().equals(FUNCTION_CLASS);
    } catch (InvalidProtocolBufferException e) {
      // Display data is for people. A transform is not refused for what cannot be shown of it.
      return false;
    }
  }
}
