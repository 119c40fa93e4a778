package dev.sluice.worker.stage;

/**
 * The root of a stage that makes its own elements: Impulse, Read, TestStream.
 *
 * <p>Owned by its {@link JavaStage}, called by the task's thread only. It has no input watermark:
 * {@link #advanceWatermark} is never called, and {@link #outputWatermarkMs} is what the source
 * itself says, sampled between slices of bundles; it may say that it is idle ({@link #activity}).
 */
public interface SourceOperator extends Operator {

  /** What a poll has found. */
  enum Polled {
    /** At least one element was emitted; there may be more. */
    RECORDS,
    /** Nothing now; ask again at {@link #nextProcessingTimeMs} or when something is announced. */
    IDLE,
    /** Nothing now, and nothing will come ever again. */
    ENDED
  }

  /** Emits up to {@code limit} elements within the open bundle. Never blocks on purpose. */
  Polled poll(int limit) throws Exception;

  @Override
  default void advanceWatermark(long inputWatermarkMs) {
    throw new IllegalStateException("a source has no input watermark");
  }
}
