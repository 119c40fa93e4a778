package dev.sluice.worker.world;

/**
 * The outcome of a task's step; anything but {@link #WORKED} and {@link #FINISHED} says what it
 * waits for.
 */
public enum Step {
  /** Made progress; step again. */
  WORKED,
  /** No input available. */
  NEEDS_INPUT,
  /** A consumer has no room. */
  NEEDS_OUTPUT,
  /** The input is aligned up to a barrier that not every channel has delivered. */
  NEEDS_BARRIER,
  /** Only the clock can give it work. */
  NEEDS_TIMER,
  /** Will never have work again. */
  FINISHED
}
