package dev.sluice.worker.grouping;

import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.TransformException;

/** Names the transform in which user code has thrown. */
final class Failures {
  private Failures() {}

  /** The failure as it leaves the operator; one that names its transform already stays as it is. */
  static TransformException in(OperatorContext context, Throwable thrown) {
    return context.blame().of(thrown);
  }
}
