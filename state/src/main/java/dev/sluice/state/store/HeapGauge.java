package dev.sluice.state.store;

/**
 * Tells how full the heap was when garbage had last been collected: what keeps estimates of the
 * size of objects honest.
 *
 * <p>Handed in, so that engine code reaches for no JVM. Any thread may ask.
 */
public interface HeapGauge {
  /** For tests, simulations and where sizes are exact: never knows anything. */
  HeapGauge NONE = () -> Reading.NOTHING;

  /** Returns what was seen after the last collection. */
  Reading read();

  /**
   * What was seen after a collection.
   *
   * @param collections how many collections there have been that say how much is in use; 0 if none
   * @param usedBytes what was in use after the last of them
   * @param maxBytes what may be in use at most
   */
  record Reading(long collections, long usedBytes, long maxBytes) {
    static final Reading NOTHING = new Reading(0, 0, Long.MAX_VALUE);
  }
}
