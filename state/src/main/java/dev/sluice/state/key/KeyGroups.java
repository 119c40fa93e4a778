package dev.sluice.state.key;

/**
 * The fixed number of key groups and who owns which: the unit in which state is placed, saved and
 * moved.
 *
 * <p>Pure arithmetic. What is always true: every hash belongs to exactly one group, the groups of
 * the tasks {@code 0 .. parallelism - 1} are contiguous, disjoint and together all groups, and
 * {@link #ownerOf} and {@link #rangeOf} say the same.
 */
public final class KeyGroups {
  /** Fixed for the life of a job; written into every checkpoint's manifest. */
  public static final int COUNT = 256;

  private KeyGroups() {}

  /** Returns the group of a key by the hash of its encoding: the hash modulo {@link #COUNT}. */
  public static int groupOf(int keyHash) {
    return keyHash & (COUNT - 1);
  }

  /** Returns the index of the task, out of {@code parallelism}, that owns a group. */
  public static int ownerOf(int group, int parallelism) {
    return group * parallelism / COUNT;
  }

  /** Returns the groups that a task owns; empty if there are more tasks than groups. */
  public static KeyGroupRange rangeOf(int taskIndex, int parallelism) {
    if (taskIndex < 0 || taskIndex >= parallelism) {
      throw new IllegalArgumentException(
          "Task index " + taskIndex + " is outside of parallelism " + parallelism);
    }
    return new KeyGroupRange(
        firstOf(taskIndex, parallelism), firstOf(taskIndex + 1, parallelism) - 1);
  }

  /** The least group g with g * parallelism / COUNT >= taskIndex. */
  private static int firstOf(int taskIndex, int parallelism) {
    return (taskIndex * COUNT + parallelism - 1) / parallelism;
  }
}
