package dev.sluice.state.keyed;

import java.util.Arrays;
import java.util.Map;

/**
 * Counts equal numbers and knows the least one: what holds the watermark, where a million keys
 * often hold it at the same few window ends.
 *
 * <p>Owned by a {@link KeyedState}. A table from number to count, and a heap of the numbers in the
 * table. Taking a number out only lowers its count; a number whose count is zero leaves table and
 * heap when it reaches the top, or when such numbers outweigh the others. What is always true: a
 * number is in the heap exactly once if it is in the table, and not otherwise.
 */
final class LongMultiset {
  private static final int LEAST_CAPACITY = 16;

  private long[] numbers = new long[LEAST_CAPACITY];

  /** Minus one: free; zero: still in the heap; otherwise how often the number is held. */
  private int[] counts = free(LEAST_CAPACITY);

  private long[] heap = new long[LEAST_CAPACITY];
  private int distinct;
  private int zeros;
  private long total;

  /** Puts the number in once. */
  void add(long number) {
    int at = placeOf(number);
    if (counts[at] < 0) {
      if ((distinct + 1) * 2 > numbers.length) {
        rebuild();
        at = placeOf(number);
      }
      numbers[at] = number;
      counts[at] = 1;
      push(number);
    } else {
      if (counts[at] == 0) {
        zeros--;
      }
      counts[at]++;
    }
    total++;
  }

  /** Takes the number out once; it must be in. */
  void remove(long number) {
    int at = placeOf(number);
    if (counts[at] <= 0) {
      throw new IllegalStateException(
          "The hold " + number + " is taken back but " + total + " others are held");
    }
    counts[at]--;
    total--;
    if (counts[at] == 0) {
      zeros++;
      if (zeros > LEAST_CAPACITY && zeros * 2 > distinct) {
        rebuild();
      }
    }
  }

  /** Returns the least number, or {@code Long.MAX_VALUE} if there is none. */
  long least() {
    while (distinct > 0) {
      long top = heap[0];
      if (counts[placeOf(top)] > 0) {
        return top;
      }
      pop();
      erase(placeOf(top));
      zeros--;
    }
    return Long.MAX_VALUE;
  }

  /**
   * Returns the least number that is in more often than {@code but} says, or {@code Long.MAX_VALUE}
   * if there is none; looks at all of them.
   */
  long leastBut(Map<Long, Integer> but) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < distinct; i++) {
      if (heap[i] < least && counts[placeOf(heap[i])] > but.getOrDefault(heap[i], 0)) {
        least = heap[i];
      }
    }
    return least;
  }

  /** Returns how many distinct numbers there is room for. */
  int capacity() {
    return numbers.length;
  }

  /** Returns how many numbers are in, equal ones counted as often as they were added. */
  long total() {
    return total;
  }

  private static int[] free(int capacity) {
    int[] counts = new int[capacity];
    Arrays.fill(counts, -1);
    return counts;
  }

  private int placeOf(long number) {
    int mask = numbers.length - 1;
    int at = homeOf(number, mask);
    while (counts[at] >= 0 && numbers[at] != number) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private static int homeOf(long number, int mask) {
    long h = number * 0x9E3779B97F4A7C15L;
    return (int) (h >>> 32) & mask;
  }

  private void erase(int place) {
    int mask = numbers.length - 1;
    int hole = place;
    int at = (hole + 1) & mask;
    while (counts[at] >= 0) {
      int home = homeOf(numbers[at], mask);
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        numbers[hole] = numbers[at];
        counts[hole] = counts[at];
        hole = at;
      }
      at = (at + 1) & mask;
    }
    counts[hole] = -1;
  }

  /** Drops the numbers whose count is zero and makes the table fit the rest, with room for one. */
  private void rebuild() {
    long[] oldNumbers = numbers;
    int[] oldCounts = counts;
    int kept = distinct - zeros;
    int capacity = LEAST_CAPACITY;
    while (capacity < (kept + 1) * 4) {
      capacity *= 2;
    }
    numbers = new long[capacity];
    counts = free(capacity);
    heap = new long[capacity];
    distinct = 0;
    zeros = 0;
    for (int i = 0; i < oldCounts.length; i++) {
      if (oldCounts[i] > 0) {
        int at = placeOf(oldNumbers[i]);
        numbers[at] = oldNumbers[i];
        counts[at] = oldCounts[i];
        push(oldNumbers[i]);
      }
    }
  }

  private void push(long number) {
    int at = distinct++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (heap[parent] <= number) {
        break;
      }
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = number;
  }

  private void pop() {
    long last = heap[--distinct];
    int at = 0;
    int child = 1;
    while (child < distinct) {
      if (child + 1 < distinct && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= last) {
        break;
      }
      heap[at] = heap[child];
      at = child;
      child = 2 * at + 1;
    }
    heap[at] = last;
  }
}
