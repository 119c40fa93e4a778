package dev.sluice.translation;

import java.util.Optional;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;

/**
 * Says in which environment (an SDK with the user's code) a transform must run; pure functions.
 *
 * <p>Transforms that the engine runs by itself are in none, and can be fused with any. Two
 * environments are the same one if they differ only in resource hints, display data or
 * capabilities, because they hold the same code.
 */
final class Environments {
  private Environments() {}

  private static final Set<String> KNOWN_WINDOW_FNS =
      Set.of(
          WindowingStrategyTranslation.GLOBAL_WINDOWS_URN,
          WindowingStrategyTranslation.FIXED_WINDOWS_URN,
          WindowingStrategyTranslation.SLIDING_WINDOWS_URN,
          WindowingStrategyTranslation.SESSION_WINDOWS_URN);

  /** The environment that holds the user code of {@code node}, reduced to what tells two apart. */
  static Optional<RunnerApi.Environment> of(Node node, RunnerApi.Components components) {
    boolean runsUserCode =
        node instanceof Node.ParDo
            || node instanceof Node.PartialCombine
            || node instanceof Node.CombinePerKey
            || node instanceof Node.AssignWindows;
    return runsUserCode
        ? of(components.getTransformsOrThrow(node.transformId()), components)
        : Optional.empty();
  }

  /** As {@link #of(Node, RunnerApi.Components)}, for a transform that runs user code. */
  static Optional<RunnerApi.Environment> of(
      RunnerApi.PTransform transform, RunnerApi.Components components) {
    if (transform.getEnvironmentId().isEmpty() || assignsKnownWindows(transform)) {
      return Optional.empty();
    }
    return Optional.of(
        components.getEnvironmentsOrThrow(transform.getEnvironmentId()).toBuilder()
            .clearResourceHints()
            .clearDisplayData()
            .clearCapabilities()
            .build());
  }

  private static boolean assignsKnownWindows(RunnerApi.PTransform transform) {
    return transform.getSpec().getUrn().equals(PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN)
        && KNOWN_WINDOW_FNS.contains(Payloads.windowInto(transform).getWindowFn().getUrn());
  }
}
