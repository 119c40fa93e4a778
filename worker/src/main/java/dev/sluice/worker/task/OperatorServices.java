package dev.sluice.worker.task;

import dev.sluice.protocol.TaskId;
import dev.sluice.worker.stage.AtWork;
import dev.sluice.worker.stage.TaskServices;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;

/**
 * What a task does for its operators, and what they have asked it for.
 *
 * <p>Owned by the task's thread. Made before the task, because its operators are made with it.
 */
public final class OperatorServices implements TaskServices {
  private final TaskId task;
  private final Consumer<TaskEvent> events;
  private final Barriers barriers = new Barriers();
  private final CheckpointCallbacks callbacks = new CheckpointCallbacks();
  private final Deque<Runnable> whenQuiescent = new ArrayDeque<>();
  private final AtWork atWork = new AtWork();
  private Runnable bundleOpener = () -> {};
  private long drainedFromMs = Long.MAX_VALUE;

  /** Those of {@code task}, which tells its worker what they ask for by {@code events}. */
  public OperatorServices(TaskId task, Consumer<TaskEvent> events) {
    this.task = task;
    this.events = events;
  }

  Barriers barriers() {
    return barriers;
  }

  CheckpointCallbacks callbacks() {
    return callbacks;
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
    events.accept(new TaskEvent.QuiescenceWanted(task));
  }

  /** The job was found quiescent. */
  void quiescent() {
    Runnable callback = whenQuiescent.poll();
    if (callback != null) {
      callback.run();
    }
  }

  @Override
  public void setJobClock(long nowMs) {
    events.accept(new TaskEvent.ClockMoved(task, nowMs));
  }

  @Override
  public boolean barrierAnnounced() {
    return barriers.announced();
  }

  @Override
  public void afterCheckpoint(BundleFinalizer.Callback callback) {
    callbacks.add(callback);
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
}
