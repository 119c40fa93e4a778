package dev.sluice.coordinator;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Small sets of names that something waits for; "all done" is an empty one. Pure functions that
 * copy the set: for tasks, of which there may be thousands, there is {@link Remaining}.
 */
final class Missing {
  private Missing() {}

  /** Nothing to wait for. */
  static <T> SortedSet<T> none() {
    return Collections.emptySortedSet();
  }

  /** A set of its own with the same names. */
  static <T extends Comparable<T>> SortedSet<T> of(Iterable<T> names) {
    TreeSet<T> copy = new TreeSet<>();
    names.forEach(copy::add);
    return Collections.unmodifiableSortedSet(copy);
  }

  /** The set without {@code name}, which need not be in it. */
  static <T extends Comparable<T>> SortedSet<T> without(SortedSet<T> names, T name) {
    TreeSet<T> rest = new TreeSet<>(names);
    rest.remove(name);
    return Collections.unmodifiableSortedSet(rest);
  }

  /** The names of both sets. */
  static <T extends Comparable<T>> SortedSet<T> union(SortedSet<T> some, SortedSet<T> others) {
    TreeSet<T> all = new TreeSet<>(some);
    all.addAll(others);
    return Collections.unmodifiableSortedSet(all);
  }

  /** The set with {@code name}, which may be in it. */
  static <T extends Comparable<T>> SortedSet<T> with(SortedSet<T> names, T name) {
    TreeSet<T> more = new TreeSet<>(names);
    more.add(name);
    return Collections.unmodifiableSortedSet(more);
  }
}
