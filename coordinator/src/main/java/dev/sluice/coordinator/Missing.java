package dev.sluice.coordinator;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Sets of names that something waits for; "all done" is an empty one. Pure functions. */
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

  /** The set with {@code name}, which may be in it. */
  static <T extends Comparable<T>> SortedSet<T> with(SortedSet<T> names, T name) {
    TreeSet<T> more = new TreeSet<>(names);
    more.add(name);
    return Collections.unmodifiableSortedSet(more);
  }
}
