package dev.sluice.runner.steps;

import java.util.ArrayDeque;
import java.util.List;

/**
 * How many steps the engine has taken: methods it has entered, turns of its loops, and elements of
 * lists that it has had searched.
 *
 * <p>Called by what {@link CountingLoader} has put into the engine's byte code; one thread.
 */
public final class StepCounter {
  private static long steps;

  private StepCounter() {}

  /** One step. */
  public static void step() {
    steps++;
  }

  /** {@code collection} is about to be searched for {@code wanted}. */
  public static void search(Object collection, Object wanted) {
    if (collection instanceof List<?> list) {
      steps += list.size();
    } else if (collection instanceof ArrayDeque<?> deque) {
      steps += deque.size();
    }
  }

  /** All steps until now. */
  public static long steps() {
    return steps;
  }
}
