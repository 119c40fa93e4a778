package dev.sluice.translation;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;

/**
 * Says in which environment (an SDK with the user's code) a transform must run.
 *
 * <p>Transforms that the engine runs by itself are in none, and can be fused with any. Two
 * environments are the same one if they differ only in resource hints, display data or
 * capabilities, because they hold the same code.
 *
 * <p>Used by one pass, in its thread. Always true: an environment is reduced once, not for each
 * transform in it, since it may list hundreds of files.
 */
final class Environments {
  private static final Set<String> KNOWN_WINDOW_FNS =
      Set.of(
          WindowingStrategyTranslation.GLOBAL_WINDOWS_URN,
          WindowingStrategyTranslation.FIXED_WINDOWS_URN,
          WindowingStrategyTranslation.SLIDING_WINDOWS_URN,
          WindowingStrategyTranslation.SESSION_WINDOWS_URN);

  private final RunnerApi.Components components;
  private final Map<String, Optional<RunnerApi.Environment>> reduced = new HashMap<>();

  Environments(RunnerApi.Components components) {
    this.components = components;
  }

  /** The environment that holds the user code of {@code node}, reduced to what tells two apart. */
  Optional<RunnerApi.Environment> of(Node node) {
    boolean runsUserCode =
        node instanceof Node.ParDo
            || node instanceof Node.PartialCombine
            || node instanceof Node.CombinePerKey
            || node instanceof Node.AssignWindows;
    return runsUserCode
        ? of(components.getTransformsOrThrow(node.transformId()))
        : Optional.empty();
  }

  /** As {@link #of(Node)}, for a transform that runs user code. */
  Optional<RunnerApi.Environment> of(RunnerApi.PTransform transform) {
    return transform.getEnvironmentId().isEmpty() || assignsKnownWindows(transform)
        ? Optional.empty()
        : reduced.computeIfAbsent(transform.getEnvironmentId(), this::reduce);
  }

  private Optional<RunnerApi.Environment> reduce(String id) {
    return Optional.of(
        components.getEnvironmentsOrThrow(id).toBuilder()
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
