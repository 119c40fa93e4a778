package dev.sluice.worker.grouping;

import java.util.AbstractList;

/**
 * Two accumulators on their way into a merge, in one list that is refilled for each.
 *
 * <p>Owned by one operator, the task's thread only; a combine function has no reason to keep it.
 */
final class Pair<T> extends AbstractList<T> {
  private T first;
  private T second;

  Pair<T> of(T newFirst, T newSecond) {
    first = newFirst;
    second = newSecond;
    return this;
  }

  @Override
  public T get(int index) {
    return switch (index) {
      case 0 -> first;
      case 1 -> second;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  @Override
  public int size() {
    return 2;
  }
}
