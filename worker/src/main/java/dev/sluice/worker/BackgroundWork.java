package dev.sluice.worker;

import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;

/**
 * Something that a worker has done in a thread beside its loop, because it takes long or calls user
 * code, which may block, while the loop has to send heartbeats.
 *
 * <p>Owned by the thread that steps it; the worker's loop only stops it. Always true: it waits for
 * nothing, so each of its steps makes progress; whatever is thrown is reported to the work as its
 * failure.
 */
final class BackgroundWork implements TaskRunner.Steppable {
  private final Work work;
  private final Runnable whenEnded;
  private TaskRunner.Handle handle;

  /** What is to be done. Owned by the thread that steps it. */
  interface Work {
    /** Does a part of it; returns whether more is left. */
    boolean step() throws Exception;

    /** Told if a step has thrown, or what called it: it takes no further step. */
    void failed(Throwable thrown);

    /** What is left of it is not wanted any more. Any thread. */
    default void stop() {}
  }

  /**
   * @param whenEnded runs as the last thing in the thread that steps it
   */
  BackgroundWork(Work work, Runnable whenEnded) {
    this.work = work;
    this.whenEnded = whenEnded;
  }

  /** Ends it before its next step, and interrupts user code that blocks. */
  void stop() {
    work.stop();
    handle.interrupt();
  }

  @Override
  public void started(TaskRunner.Handle newHandle) {
    handle = newHandle;
  }

  @Override
  public int callDepth() {
    return 0;
  }

  @Override
  public Step step() {
    try {
      return work.step() ? Step.WORKED : Step.FINISHED;
    } catch (Throwable e) {
      // An error too: a class of the user's that does not link must not leave the job hanging.
      if (!handle.isHeapExhaustedBy(e)) {
        work.failed(e);
      }
      return Step.FINISHED;
    }
  }

  @Override
  public void died(Throwable escaped) {
    work.failed(escaped);
  }

  @Override
  public void giveUp() {
    work.stop();
  }

  @Override
  public long wakeAtNanos() {
    return Long.MAX_VALUE;
  }

  @Override
  public void ended() {
    whenEnded.run();
  }
}
