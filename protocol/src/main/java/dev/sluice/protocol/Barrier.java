package dev.sluice.protocol;

/** What a task does when it has passed a barrier. */
public enum Barrier {
  /** Acknowledges at once with an empty snapshot; nothing is saved. */
  RELEASE,
  /** Saves its epoch, acknowledges when that is safe, and keeps working meanwhile. */
  SAVE,
  /**
   * Saves its epoch like {@link #SAVE}, but takes no further input and fires no timer until the
   * checkpoint is abandoned: it waits to be stopped.
   */
  SAVE_AND_HALT
}
