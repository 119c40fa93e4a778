package dev.sluice.validatesrunner.differential;

import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * A PCollection of a random pipeline, and what the model says of the order of its elements.
 *
 * @param name what it is called in the text of the pipeline
 * @param collection the PCollection
 * @param windowing how it is windowed
 * @param order how many elements can come at once
 * @param facts what else restricts the transforms behind it
 */
record Branch(
    String name,
    PCollection<KV<Integer, Long>> collection,
    Windowing windowing,
    Order order,
    Facts facts) {

  /** How many elements one event of the source can bring; each says less than the one before. */
  enum Order {
    /** One. */
    SINGLE,
    /** One of a key and window. */
    KEYED,
    /** Any number, in any order. */
    BURST
  }

  /**
   * What restricts the transforms behind a branch.
   *
   * @param bounded whether all its elements are there before the first event
   * @param movedByClock whether elements can come when processing time moves
   * @param endOfTime whether elements can be at the end of the global window, where other windows
   *     are cut off
   * @param share which share of the source it is, the shares having no event in common; 0 if it is
   *     not known to be one
   */
  record Facts(boolean bounded, boolean movedByClock, boolean endOfTime, int share) {
    Facts shareless() {
      return new Facts(bounded, movedByClock, endOfTime, 0);
    }

    /** What is true of a PCollection made of both. */
    Facts and(Facts other) {
      return new Facts(
          bounded && other.bounded,
          movedByClock || other.movedByClock,
          endOfTime || other.endOfTime,
          0);
    }
  }

  /** Whether a grouping gives the same panes in every execution. */
  boolean canBeGrouped() {
    boolean defaultOverUnbounded = windowing.window() == null && !facts.bounded();
    return windowing.oneFiring()
        ? !defaultOverUnbounded
        : order != Order.BURST
            && !(windowing.clock() && (windowing.continued() || facts.movedByClock()));
  }
}
