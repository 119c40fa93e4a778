package dev.sluice.worker.task;

import dev.sluice.protocol.TaskId;
import dev.sluice.worker.stage.AtWork;
import dev.sluice.worker.stage.TaskServices;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;

/**
 * What a task's operators want to be told: that a checkpoint is complete, that the job is
 * quiescent, or that it is drained.
 *
 * <p>Owned by the task's thread; only {@link #announce} is called by another one. Always true: a
 * callback runs at most once, after the completion of a checkpoint whose barrier came after the
 * callback was handed in.
 */
public final class CheckpointCallbacks implements TaskServices {
  private final TaskId task;
  private final TaskListener listener;
  private final List<BundleFinalizer.Callback> sinceBarrier = new ArrayList<>();
  private final TreeMap<Long, List<BundleFinalizer.Callback>> byCheckpoint = new TreeMap<>();
  private final Deque<Runnable> whenQuiescent = new ArrayDeque<>();
  private final AtWork atWork = new AtWork();
  private Runnable bundleOpener = () -> {};
  private volatile long announced = -1;
  private long passed = -1;
  private long completed = -1;
  private boolean wanted;
  private long drainedFromMs = Long.MAX_VALUE;

  public CheckpointCallbacks(TaskId task, TaskListener listener) {
    this.task = task;
    this.listener = listener;
  }

  /** Says how the task opens a bundle. */
  void openBundleBy(Runnable opener) {
    bundleOpener = opener;
  }

  @Override
  public void openBundle() {
    bundleOpener.run();
  }

  @Override
  public AtWork atWork() {
    return atWork;
  }

  @Override
  public void awaitQuiescence(Runnable callback) {
    whenQuiescent.add(callback);
    listener.quiescenceWanted(task);
  }

  @Override
  public void setJobClock(long nowMs) {
    listener.clockMoved(nowMs);
  }

  /** A barrier is on its way. Any thread. */
  void announce(long checkpoint) {
    // One thread announces, the worker's loop, in ascending order.
    announced = checkpoint;
  }

  @Override
  public boolean barrierAnnounced() {
    return announced > passed;
  }

  @Override
  public void afterCheckpoint(BundleFinalizer.Callback callback) {
    sinceBarrier.add(callback);
  }

  /** The task's barrier of this checkpoint: what was handed in before belongs to it. */
  void passed(long checkpoint) {
    ignore(checkpoint);
    if (!sinceBarrier.isEmpty()) {
      byCheckpoint.put(checkpoint, List.copyOf(sinceBarrier));
      sinceBarrier.clear();
    }
  }

  /** Nobody waits for this barrier any more. */
  void ignore(long checkpoint) {
    passed = Math.max(passed, checkpoint);
  }

  /** The last barrier that the task has passed, or will not pass any more. */
  long passed() {
    return passed;
  }

  /**
   * The task gets no more input and holds work back that only a checkpoint releases: asks for one,
   * once.
   */
  void wantCheckpoint() {
    if (!wanted) {
      wanted = true;
      listener.checkpointWanted(task, completed);
    }
  }

  /** Runs what waited for this checkpoint or an earlier one that was never completed. */
  void complete(long checkpoint) throws Exception {
    completed = Math.max(completed, checkpoint);
    wanted = false;
    Map<Long, List<BundleFinalizer.Callback>> due = byCheckpoint.headMap(checkpoint, true);
    List<List<BundleFinalizer.Callback>> callbacks = new ArrayList<>(due.values());
    due.clear();
    for (List<BundleFinalizer.Callback> list : callbacks) {
      for (BundleFinalizer.Callback callback : list) {
        callback.onBundleSuccess();
      }
    }
  }

  void quiescent() {
    Runnable callback = whenQuiescent.poll();
    if (callback != null) {
      callback.run();
    }
  }

  /** From this time on the watermark is what it is because of a drain. */
  void drainedFrom(long ms) {
    drainedFromMs = Math.min(drainedFromMs, ms);
  }

  long drainedFromMs() {
    return drainedFromMs;
  }

  @Override
  public boolean causedByDrain(long timeMs) {
    return timeMs >= drainedFromMs;
  }

  boolean isEmpty() {
    return sinceBarrier.isEmpty() && byCheckpoint.isEmpty();
  }
}
