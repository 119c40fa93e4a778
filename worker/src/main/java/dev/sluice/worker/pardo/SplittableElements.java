package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.OperatorContext;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * The elements of a splittable DoFn and what is left of them. Owned by one {@link ParDoOperator}.
 */
final class SplittableElements {
  SplittableElements(OperatorContext context, ParDoSpec spec, UserFn userFn) {
    throw new IllegalArgumentException(
        "transform '" + spec.transformName() + "' is a splittable DoFn, which is not executed yet");
  }

  void open() {}

  void process(Object value, long timestampMs, WindowScope scope, PaneInfo pane) {}

  long holdMs() {
    return Long.MAX_VALUE;
  }

  boolean hasDueWork() {
    return false;
  }

  int resume(int limit) {
    return 0;
  }

  long nextProcessingTimeMs() {
    return Long.MAX_VALUE;
  }

  boolean hasPendingWork() {
    return false;
  }
}
