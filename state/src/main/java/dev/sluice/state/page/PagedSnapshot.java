package dev.sluice.state.page;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.StringJoiner;

/**
 * The elements that a {@link PagedList} had at one moment: can be iterated many times, by any
 * thread to which it was handed over, while the list grows or is cleared.
 *
 * <p>An iterator holds one page on the heap at a time beyond those that are there anyway.
 *
 * @param <T> the type of the elements
 */
public final class PagedSnapshot<T> implements Iterable<T> {
  private static final int PRINTED = 1000;

  private final Page<T>[] pages;
  private final long size;

  PagedSnapshot(Page<T>[] pages, long size) {
    this.pages = pages;
    this.size = size;
  }

  @Override
  public Iterator<T> iterator() {
    return new PageByPage();
  }

  /** Walks over the elements from some number on, loading no page before that. */
  public Iterator<T> iteratorFrom(long first) {
    PageByPage walk = new PageByPage();
    walk.skip(first);
    return walk;
  }

  /** The elements as a list prints them; of many elements the first ones. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "[", "]");
    int printed = 0;
    for (T element : this) {
      if (printed++ == PRINTED) {
        text.add("... " + size + " elements");
        break;
      }
      text.add(String.valueOf(element));
    }
    return text.toString();
  }

  /** Walks the pages, loading one at a time. */
  private final class PageByPage implements Iterator<T> {
    private Object[] loaded = {};
    private int at;
    private int end;
    private int nextPage;
    private long left = size;

    void skip(long count) {
      long toSkip = count;
      while (nextPage < pages.length
          && pages[nextPage] != null
          && toSkip >= pages[nextPage].count()
          && left > pages[nextPage].count()) {
        toSkip -= pages[nextPage].count();
        left -= pages[nextPage].count();
        nextPage++;
      }
      for (; toSkip > 0 && left > 0; toSkip--) {
        next();
      }
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    @SuppressWarnings("unchecked") // pages hold elements of type T only
    public T next() {
      if (left == 0) {
        throw new NoSuchElementException("The state has " + size + " elements");
      }
      if (at == end) {
        Page<T> page = pages[nextPage++];
        at = 0;
        // The last page of the snapshot may have grown since.
        end = (int) Math.min(page.count(), left);
        loaded = page.load(end);
      }
      left--;
      return (T) loaded[at++];
    }
  }
}
