package dev.sluice.validatesrunner.differential;

import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

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
   * @param onlyGlobal whether no other than the global window is right for the elements: they can
   *     be at its end, where others are cut off, or late while the watermark moves, where it is not
   *     determined whether others have expired
   * @param share which share of the events it is: 1 is all of them, {@code 2 n} and {@code 2 n + 1}
   *     are the halves of {@code n}; 0 if that is not known
   */
  record Facts(boolean bounded, boolean movedByClock, boolean onlyGlobal, int share) {
    Facts shareless() {
      return new Facts(bounded, movedByClock, onlyGlobal, 0);
    }

    /** What is true of a PCollection made of both. */
    Facts and(Facts other) {
      return new Facts(
          bounded && other.bounded,
          movedByClock || other.movedByClock,
          onlyGlobal || other.onlyGlobal,
          0);
    }
  }

  /** Whether no event brings an element to both, nor more than one to either. */
  boolean sharesNoEventWith(Branch other) {
    return order == Order.SINGLE
        && other.order == Order.SINGLE
        && !isPartOf(facts.share(), other.facts.share())
        && !isPartOf(other.facts.share(), facts.share());
  }

  private static boolean isPartOf(int share, int whole) {
    return whole == 0 || share == 0 || share == whole || isPartOf(share / 2, whole);
  }

  /** Whether a grouping gives the same panes in every execution. */
  boolean canBeGrouped() {
    if (windowing.oneFiring()) {
      boolean refusedByBeam = windowing.window() == null && !facts.bounded();
      return !refusedByBeam;
    }
    if (windowing.continued()) {
      // The last pane of a window comes while the watermark moves, and may be late or not.
      boolean late = windowing.lateness().isLongerThan(Duration.ZERO);
      return order != Order.BURST && !windowing.clock() && !late;
    }
    return order != Order.BURST && !(windowing.clock() && facts.movedByClock());
  }
}
