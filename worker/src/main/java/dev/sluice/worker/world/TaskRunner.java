package dev.sluice.worker.world;

import dev.sluice.protocol.world.Clock;
import java.util.List;

/**
 * Steps tasks until they are done: with a thread each in production, one after the other by a seed
 * in tests.
 */
public interface TaskRunner {

  /**
   * Starts to step {@code task}, after telling it its {@link Handle}.
   *
   * @param name the role of the thread, such as {@code task:job-7/s3/1}
   * @param loader the job's class loader, the context loader of whatever thread steps
   */
  void start(String name, ClassLoader loader, Steppable task);

  /** How a started task is reached. */
  interface Handle {
    /** Makes the task step again soon if it rests. Any thread; cheap if it does not rest. */
    void wake();

    /** Interrupts user code that blocks, after a stop was posted. Any thread. */
    void interrupt();

    /**
     * Rests within a step until something may have changed: the one place where a step waits. The
     * task's own thread only; may return for no reason.
     */
    void rest();

    /**
     * Whether the jobs of this process end because of what was thrown: if so, others report why.
     * The task's own thread only, which waits for the answer if an allocation has failed.
     */
    default boolean isHeapExhaustedBy(Throwable thrown) {
      return false;
    }

    /** Where the task's thread is in its code, innermost first; empty if there is none. */
    default List<StackTraceElement> whereabouts() {
      return List.of();
    }
  }

  /** What is stepped, by one thread. */
  interface Steppable {

    /** Told once, before the first step. */
    void started(Handle handle);

    /**
     * How many transforms call each other, one inside the other, within a step: its thread gets a
     * stack by that. Asked once, before the first step.
     */
    int callDepth();

    /** Does a bounded amount of work; what user code throws does not escape it. */
    Step step();

    /**
     * Told if the jobs of this process end: it is to finish with its next step, without a report.
     */
    default void giveUp() {}

    /** The transform whose code runs, or the empty string. Any thread; allocates nothing. */
    default String transformAtWork() {
      return "";
    }

    /**
     * Told if anything has escaped all the same, which is a bug or what is left of one: to report
     * the failure. No step follows, but {@link #ended} does.
     */
    void died(Throwable escaped);

    /**
     * When to step again although nobody wakes it, as {@link Clock#nanoTime}; {@code
     * Long.MAX_VALUE} for never. Asked after a step that found nothing to do.
     */
    long wakeAtNanos();

    /**
     * Told once, after the step that returned {@link Step#FINISHED} or after {@link #died}, as the
     * last act of its thread.
     */
    void ended();
  }
}
