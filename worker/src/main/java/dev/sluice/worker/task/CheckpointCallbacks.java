package dev.sluice.worker.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;

/**
 * What a task's operators want done when a checkpoint is complete.
 *
 * <p>Owned by the task's thread. Always true: a callback runs at most once, after the completion of
 * a checkpoint whose barrier came after the callback was handed in.
 */
final class CheckpointCallbacks {
  private final List<BundleFinalizer.Callback> sinceBarrier = new ArrayList<>();
  private final TreeMap<Long, List<BundleFinalizer.Callback>> byCheckpoint = new TreeMap<>();

  void add(BundleFinalizer.Callback callback) {
    sinceBarrier.add(callback);
  }

  /** The task's barrier of this checkpoint: what was handed in before belongs to it. */
  void pass(long checkpoint) {
    if (!sinceBarrier.isEmpty()) {
      byCheckpoint.put(checkpoint, List.copyOf(sinceBarrier));
      sinceBarrier.clear();
    }
  }

  /** Runs what waited for this checkpoint or an earlier one that was never completed. */
  void complete(long checkpoint) throws Exception {
    Map<Long, List<BundleFinalizer.Callback>> due = byCheckpoint.headMap(checkpoint, true);
    List<List<BundleFinalizer.Callback>> callbacks = new ArrayList<>(due.values());
    due.clear();
    for (List<BundleFinalizer.Callback> list : callbacks) {
      for (BundleFinalizer.Callback callback : list) {
        callback.onBundleSuccess();
      }
    }
  }

  boolean isEmpty() {
    return sinceBarrier.isEmpty() && byCheckpoint.isEmpty();
  }
}
