package dev.sluice.worker.stage;

/**
 * How a transform is named when something goes wrong in it, also if there is no memory left to name
 * it with: what would have to be allocated then is allocated when its operator is made.
 *
 * <p>Owned by the task's thread.
 */
public final class Blame {
  private final AtWork task;
  private final int number;
  private final String transform;
  private final TransformException outOfMemory;

  Blame(AtWork task, int number, String transform) {
    this.task = task;
    this.number = number;
    this.transform = transform;
    this.outOfMemory = TransformException.madeBeforehand(transform);
  }

  /** The transform is at work from now on. */
  public void begin() {
    task.begin(number);
  }

  /**
   * How what was thrown in this transform leaves its operator; what names its transform already
   * stays as it is.
   */
  public TransformException of(Throwable thrown) {
    if (thrown instanceof TransformException named) {
      return named;
    }
    return thrown instanceof OutOfMemoryError error
        ? outOfMemory.because(error)
        : new TransformException(transform, thrown);
  }
}
