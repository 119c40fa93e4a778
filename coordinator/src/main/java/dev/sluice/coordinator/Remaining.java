package dev.sluice.coordinator;

import java.util.AbstractSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names out of a sorted list that something still waits for, in their order. Immutable: {@link
 * #without} makes the next set in a time that grows with the logarithm of the number of names, so
 * that thousands of tasks may report one after the other.
 *
 * <p>The names are the leaves of a binary tree over the list, of which a new set copies the one
 * path that has changed (Driscoll et al., "Making data structures persistent", 1989).
 */
final class Remaining<T extends Comparable<T>> extends AbstractSet<T> {
  /** The part of the tree over one range of the list. */
  private record Tree(int size, Tree left, Tree right) {}

  /** Of a range of which everything is left, or nothing. */
  private static final Tree ALL = new Tree(0, null, null);

  private static final Tree NOTHING = new Tree(0, null, null);

  /** A range of the list, with its tree. */
  private record Range(int from, int to, Tree tree) {
    int middle() {
      return (from + to) >>> 1;
    }

    int size() {
      return sizeOf(tree, to - from);
    }

    Range left() {
      return new Range(from, middle(), isWhole(tree) ? tree : tree.left());
    }

    Range right() {
      return new Range(middle(), to, isWhole(tree) ? tree : tree.right());
    }
  }

  private final List<T> names;
  private final Range root;

  private Remaining(List<T> names, Tree tree) {
    this.names = names;
    this.root = new Range(0, names.size(), tree);
  }

  /** Nothing to wait for. */
  static <T extends Comparable<T>> Remaining<T> none() {
    return new Remaining<T>(List.of(), NOTHING);
  }

  /** All of {@code names}. */
  static <T extends Comparable<T>> Remaining<T> of(Set<T> names) {
    return new Remaining<>(List.copyOf(new TreeSet<>(names)), ALL);
  }

  /** The set without {@code name}, which need not be in it. */
  Remaining<T> without(T name) {
    int position = positionOf(name);
    return position < 0 ? this : new Remaining<>(names, without(root, position));
  }

  private static Tree without(Range range, int position) {
    if (range.size() == 0 || range.to() - range.from() == 1) {
      return NOTHING;
    }
    boolean inLeft = position < range.middle();
    Range left = range.left();
    Range right = range.right();
    Tree newLeft = inLeft ? without(left, position) : left.tree();
    Tree newRight = inLeft ? right.tree() : without(right, position);
    int size =
        sizeOf(newLeft, range.middle() - range.from())
            + sizeOf(newRight, range.to() - range.middle());
    return size == 0 ? NOTHING : new Tree(size, newLeft, newRight);
  }

  @SuppressWarnings("ReferenceEquality") // there is one of each
  private static boolean isWhole(Tree tree) {
    return tree == ALL || tree == NOTHING;
  }

  @SuppressWarnings("ReferenceEquality") // there is one of each
  private static int sizeOf(Tree tree, int names) {
    return tree == ALL ? names : tree.size();
  }

  /** Where a name is in the list; negative if it is not. */
  private int positionOf(T name) {
    int from = 0;
    int to = names.size() - 1;
    while (from <= to) {
      int middle = (from + to) >>> 1;
      int order = names.get(middle).compareTo(name);
      if (order == 0) {
        return middle;
      } else if (order < 0) {
        from = middle + 1;
      } else {
        to = middle - 1;
      }
    }
    return -1;
  }

  @Override
  @SuppressWarnings("unchecked") // as with any sorted set, what is asked for must be comparable
  public boolean contains(Object name) {
    int position = positionOf((T) name);
    if (position < 0) {
      return false;
    }
    Range range = root;
    while (!isWhole(range.tree())) {
      range = position < range.middle() ? range.left() : range.right();
    }
    return range.size() > 0;
  }

  @Override
  public int size() {
    return root.size();
  }

  @Override
  public Iterator<T> iterator() {
    Deque<Range> open = new ArrayDeque<>(List.of(root));
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (!open.isEmpty() && open.peek().size() == 0) {
          open.pop();
        }
        return !open.isEmpty();
      }

      @Override
      public T next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Range range = open.pop();
        while (range.to() - range.from() > 1) {
          Range left = range.left();
          open.push(range.right());
          range = left.size() > 0 ? left : open.pop();
        }
        return names.get(range.from());
      }
    };
  }
}
