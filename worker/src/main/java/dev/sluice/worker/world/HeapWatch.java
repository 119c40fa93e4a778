package dev.sluice.worker.world;

/**
 * Decides what becomes of the jobs of this process when an allocation has failed: one array that
 * was too large concerns its transform alone, but with an exhausted heap nobody can rely on what
 * any thread has done since, and all jobs end.
 *
 * <p>Any thread; nothing that is asked here allocates, locks for long or posts a message. {@link
 * #isExhausted} never becomes false again.
 */
public interface HeapWatch {
  /** Where nobody watches: every allocation that fails is the business of its thread. */
  HeapWatch NONE =
      new HeapWatch() {
        @Override
        public boolean isExhausted() {
          return false;
        }

        @Override
        public boolean isExhaustedBy(Throwable thrown, String where, String transform) {
          return false;
        }

        @Override
        public void lost(Throwable thrown, String where) {
          // It was logged by whoever has lost it.
        }
      };

  /** Whether the jobs of this process are being ended. A volatile read. */
  boolean isExhausted();

  /**
   * Called by a thread that has caught something, and has let go of what it was doing; waits until
   * it is known what the heap looks like, if an allocation has failed.
   *
   * @param thrown an OutOfMemoryError, or anything that has one as a cause, or anything else
   * @param where the thread's task, such as {@code job-7/s3/1}
   * @param transform the one at work, or the empty string
   * @return whether the heap is exhausted; if not, {@code thrown} is an ordinary failure
   */
  boolean isExhaustedBy(Throwable thrown, String where, String transform);

  /**
   * Told by a loop of the engine in which an allocation has failed: a message or a decision is lost
   * half done, so that jobs end whatever the heap looks like. Does not wait; does nothing if {@code
   * thrown} is not about memory.
   */
  void lost(Throwable thrown, String where);
}
