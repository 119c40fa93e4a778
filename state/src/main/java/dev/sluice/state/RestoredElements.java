package dev.sluice.state;

import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.page.PageKind;
import dev.sluice.state.page.PagedList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The elements of a {@link TaskQueue} that came back by a restore, in the order of their numbers
 * over all groups; of equal numbers, which came from different tasks, the one of the lower group is
 * first.
 *
 * <p>Owned by its queue. What is always true: each group's elements are added by ascending number,
 * and none is added once one was taken out. Pages of all groups may be in scratch files; while
 * elements are taken out, one page of each group is on the heap.
 */
final class RestoredElements<T> {
  /**
   * An element as it was saved.
   *
   * @param group the group that it was saved in
   * @param number its number among the elements of the queue that it was put into
   */
  record Numbered<T>(int group, long number, T element) {}

  private final PageKind<KV<Long, T>> pages;
  private final TreeMap<Integer, PagedList<KV<Long, T>>> byGroup = new TreeMap<>();
  private @Nullable Merged taking;
  private long left;

  RestoredElements(PageKind<T> elements, StateEntry.Column name) {
    this.pages =
        new PageKind<>(elements.memory(), KvCoder.of(VarLongCoder.of(), elements.coder()), name);
  }

  long size() {
    return left;
  }

  void add(int group, long number, T element) {
    byGroup.computeIfAbsent(group, g -> new PagedList<>(pages)).append(KV.of(number, element));
    left++;
  }

  /** Takes out the first of at least one. */
  Numbered<T> take() {
    if (taking == null) {
      taking = new Merged();
    }
    Numbered<T> first = taking.next();
    left--;
    if (left == 0) {
      taking = null;
      byGroup.values().forEach(PagedList::clear);
      byGroup.clear();
    }
    return first;
  }

  /** Shows those that were not taken out, the first one first. */
  void forEach(Consumer<Numbered<T>> visitor) {
    if (left == 0) {
      return;
    }
    Merged all = new Merged();
    long skipped = -left;
    for (PagedList<?> group : byGroup.values()) {
      skipped += group.size();
    }
    while (all.hasNext()) {
      Numbered<T> element = all.next();
      if (skipped-- <= 0) {
        visitor.accept(element);
      }
    }
  }

  /** Merges the groups by number. */
  private final class Merged {
    private final PriorityQueue<Head<T>> heads =
        new PriorityQueue<>(
            Comparator.<Head<T>>comparingLong(head -> head.first.getKey())
                .thenComparingInt(head -> head.group));

    Merged() {
      byGroup.forEach(
          (group, elements) -> heads.add(new Head<>(group, elements.snapshot().iterator())));
    }

    boolean hasNext() {
      return !heads.isEmpty();
    }

    Numbered<T> next() {
      Head<T> least = heads.remove();
      Numbered<T> next = new Numbered<>(least.group, least.first.getKey(), least.first.getValue());
      if (least.rest.hasNext()) {
        least.first = least.rest.next();
        heads.add(least);
      }
      return next;
    }
  }

  /** What is left of one group; never nothing. */
  private static final class Head<T> {
    private final int group;
    private final Iterator<KV<Long, T>> rest;
    private KV<Long, T> first;

    Head(int group, Iterator<KV<Long, T>> elements) {
      this.group = group;
      this.rest = elements;
      this.first = elements.next();
    }
  }
}
