package dev.sluice.worker.watermark;

/** What is to be expected of a PCollection, as far as the tasks know that make it. */
public enum Activity {
  /** Elements may come, none of them below its watermark. */
  ACTIVE,
  /**
   * Its sources have brought nothing for as long as the user's option says, and nothing of it is
   * held anywhere. Whoever reads others beside it does not wait for its watermark.
   */
  IDLE,
  /** Nothing comes any more. */
  ENDED
}
