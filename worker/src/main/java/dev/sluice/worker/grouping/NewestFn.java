package dev.sluice.worker.grouping;

import org.apache.beam.sdk.transforms.Combine.BinaryCombineFn;

/**
 * Takes of several values the one that arrived last, in place of a function that refuses a second
 * one.
 *
 * <p>Immutable. Its accumulators are those of the other function, so a checkpoint of the one can be
 * restored by the other; and what it makes of nothing is what the other makes of it, a default
 * value or an error.
 */
final class NewestFn<V> extends BinaryCombineFn<V> {
  private final BinaryCombineFn<V> refusing;

  NewestFn(BinaryCombineFn<V> refusing) {
    this.refusing = refusing;
  }

  @Override
  public V apply(V earlier, V later) {
    return later;
  }

  @Override
  public V identity() {
    return refusing.identity();
  }
}
