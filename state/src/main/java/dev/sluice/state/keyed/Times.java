package dev.sluice.state.keyed;

/**
 * Time, as a key's timers and state see it: the job's clock and the watermarks of the operator.
 *
 * <p>Given by the operator and read on each call, by the task's thread only.
 */
public interface Times {
  /** Returns the processing time of the job, in milliseconds of the epoch. */
  long processingTimeMs();

  /**
   * Returns the processing time to which all tasks upstream have come, in milliseconds of the
   * epoch; the job's own where the operator has no triggers that go by it.
   */
  default long synchronizedTimeMs() {
    return processingTimeMs();
  }

  /** Returns the input watermark of the transform. */
  long inputWatermarkMs();

  /** Returns the output watermark of the transform. */
  long outputWatermarkMs();
}
