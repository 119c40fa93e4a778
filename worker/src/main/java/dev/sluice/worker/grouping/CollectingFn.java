package dev.sluice.worker.grouping;

import dev.sluice.state.TaskState;
import dev.sluice.state.windowed.ValueList;
import dev.sluice.state.windowed.ValueLists;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/**
 * A grouping as a combine: its accumulators are paged lists, its result is all values.
 *
 * <p>Owned by one operator, the task's thread only. Its accumulators never cross an exchange, so
 * none is ever merged with another; a list is emitted once.
 */
final class CollectingFn<V> extends CombineFn<V, ValueList<V>, Iterable<V>> {
  private final transient ValueLists<V> lists;

  private CollectingFn(ValueLists<V> lists) {
    this.lists = lists;
  }

  static <V> Combine<V, ValueList<V>, Iterable<V>> in(
      TaskState state, String transformId, Coder<V> valueCoder) {
    ValueLists<V> lists =
        new ValueLists<>(state.pages(transformId, WindowedCombineOperator.STATE_ID, valueCoder));
    return new Combine<>(new CollectingFn<>(lists), lists.coder());
  }

  @Override
  public ValueList<V> createAccumulator() {
    return lists.newList();
  }

  @Override
  public ValueList<V> addInput(ValueList<V> list, V input) {
    list.append(input);
    return list;
  }

  @Override
  public ValueList<V> mergeAccumulators(Iterable<ValueList<V>> accumulators) {
    throw new UnsupportedOperationException("the values of a grouping came as an accumulator");
  }

  @Override
  public Iterable<V> extractOutput(ValueList<V> list) {
    return list.drain();
  }
}
