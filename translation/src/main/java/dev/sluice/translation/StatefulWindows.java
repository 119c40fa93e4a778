package dev.sluice.translation;

import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Refuses state and timers in windows that still merge; a pure function.
 *
 * <p>State belongs to a key and a window. Until a GroupByKey has merged them, each element of a
 * session is in a window of its own, so no element would ever see what another one wrote.
 */
final class StatefulWindows {
  private StatefulWindows() {}

  /**
   * Checks one transform.
   *
   * @throws UnsupportedTransformException if it keeps state in such windows
   */
  static void check(Primitive primitive, RunnerApi.Components components) {
    if (primitive.kind() != Primitive.Kind.PAR_DO) {
      return;
    }
    RunnerApi.ParDoPayload payload = Payloads.parDo(primitive.proto());
    boolean stateful = payload.getStateSpecsCount() > 0 || payload.getTimerFamilySpecsCount() > 0;
    if (stateful && merges(primitive.input(), components)) {
      throw new UnsupportedTransformException(
          primitive.name(),
          primitive.urn(),
          "has state or timers, but the windows of its input still merge, as sessions do: each"
              + " element would have state of its own",
          "Apply a GroupByKey before it, which merges them, or use windows that do not merge.");
    }
  }

  private static boolean merges(String collection, RunnerApi.Components components) {
    String windowing = components.getPcollectionsOrThrow(collection).getWindowingStrategyId();
    return components.getWindowingStrategiesOrThrow(windowing).getMergeStatus()
        == RunnerApi.MergeStatus.Enum.NEEDS_MERGE;
  }
}
