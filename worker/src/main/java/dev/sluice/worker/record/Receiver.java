package dev.sluice.worker.record;

import java.util.Collection;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * Where the elements of one PCollection go: the next transform of the stage, several of them, or an
 * exchange.
 *
 * <p>Called by the task's thread only. A record moves as arguments; nothing is allocated for the
 * hop. The receiver may keep {@code value}, {@code windows} and {@code pane} but must not mutate
 * them.
 */
public interface Receiver {

  /**
   * Takes one element.
   *
   * @param value the element, null where its coder allows it
   * @param timestampMs event time, milliseconds since the epoch
   * @param windows the windows it is in, at least one
   * @param pane the pane it belongs to
   */
  void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane);

  /** Says which records will come next, keyed ones: what they need may be fetched together. */
  default void expect(Batch batch) {}

  /**
   * Takes one {@code KV} whose key's hash is known already.
   *
   * @param keyHash what {@code KeyHasher} gives for the key
   * @param accumulated whether the KV's value is an accumulator of a lifted combine rather than an
   *     input to it
   */
  default void receiveKeyed(
      Object value,
      int keyHash,
      boolean accumulated,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    receive(value, timestampMs, windows, pane);
  }
}
