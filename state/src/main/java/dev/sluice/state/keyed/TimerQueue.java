package dev.sluice.state.keyed;

import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The timers of one time domain over all keys, the earliest first; equal times in the order in
 * which they were set.
 *
 * <p>Owned by a {@link KeyedState}. A binary heap whose members know their place in it, so that any
 * timer can be taken out in logarithmic time.
 */
final class TimerQueue {
  private static final int LEAST_CAPACITY = 16;

  private TimerNode[] heap = new TimerNode[LEAST_CAPACITY];
  private int size;

  @Nullable TimerNode first() {
    return size == 0 ? null : heap[0];
  }

  int size() {
    return size;
  }

  void add(TimerNode timer) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    siftUp(timer, size++);
  }

  void remove(TimerNode timer) {
    int hole = timer.placeInQueue;
    TimerNode last = heap[--size];
    heap[size] = null;
    if (last != timer) {
      if (last.isBefore(timer)) {
        siftUp(last, hole);
      } else {
        siftDown(last, hole);
      }
    }
    if (heap.length > LEAST_CAPACITY && size * 4 < heap.length) {
      heap = Arrays.copyOf(heap, heap.length / 2);
    }
  }

  private void siftUp(TimerNode timer, int from) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!timer.isBefore(heap[parent])) {
        break;
      }
      put(heap[parent], at);
      at = parent;
    }
    put(timer, at);
  }

  private void siftDown(TimerNode timer, int from) {
    int at = from;
    int child = 2 * at + 1;
    while (child < size) {
      if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
        child++;
      }
      if (!heap[child].isBefore(timer)) {
        break;
      }
      put(heap[child], at);
      at = child;
      child = 2 * at + 1;
    }
    put(timer, at);
  }

  private void put(TimerNode timer, int at) {
    heap[at] = timer;
    timer.placeInQueue = at;
  }
}
