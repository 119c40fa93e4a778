package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.TaskContext;
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
  private final TaskContext task;

  CommitCallbacks(TaskContext task) {
    this.task = task;
  }

  @Override
  public void afterBundleCommit(Instant expiry, Callback callback) {
    task.services()
        .afterCheckpoint(
            () -> {
              if (task.clock().nowMs() <= expiry.getMillis()) {
                callback.onBundleSuccess();
              }
            });
  }
}
