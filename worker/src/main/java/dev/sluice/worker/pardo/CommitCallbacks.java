package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.TaskContext;
import dev.sluice.worker.stage.TransformException;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.joda.time.Instant;

/**
 * The {@code BundleFinalizer} parameter: what a DoFn wants done once its bundle can no longer be
 * lost.
 *
 * <p>A callback whose time has run out when the checkpoint completes is not called, as Beam
 * demands.
 */
final class CommitCallbacks implements BundleFinalizer {
  private final String transformName;
  private final TaskContext task;

  CommitCallbacks(String transformName, TaskContext task) {
    this.transformName = transformName;
    this.task = task;
  }

  @Override
  public void afterBundleCommit(Instant expiry, Callback callback) {
    task.services().afterCheckpoint(() -> call(expiry, callback));
  }

  private void call(Instant expiry, Callback callback) {
    if (task.clock().nowMs() <= expiry.getMillis()) {
      try {
        callback.onBundleSuccess();
      } catch (Throwable e) {
        throw new TransformException(transformName, e);
      }
    }
  }
}
