package dev.sluice.state.page;

import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;

/**
 * A list that is only appended to or cleared, kept in pages that may go to a scratch file, so that
 * it may be larger than memory.
 *
 * <p>Owned by the task's thread. What is always true: only the last page takes elements; an array
 * of pages is never changed below the number of pages that a snapshot of it has seen.
 *
 * @param <T> the type of the elements
 */
public final class PagedList<T> {
  private static final Page<?>[] NO_PAGES = {};

  private final PageKind<T> kind;
  private Page<T>[] pages = noPages();
  private int pageCount;
  private long size;

  /** A list without elements. */
  public PagedList(PageKind<T> kind) {
    this.kind = kind;
  }

  /** The coder of the elements. */
  public Coder<T> coder() {
    return kind.coder();
  }

  /** The number of elements. */
  public long size() {
    return size;
  }

  /** The number of pages, on the heap or in files. */
  public int pageCount() {
    return pageCount;
  }

  /** Puts an element at the end. */
  public void append(T element) {
    long bytes = kind.heapBytes(element);
    Page<T> page = pageCount == 0 ? null : pages[pageCount - 1];
    if (page == null || page.isFull()) {
      page = openPage();
    }
    page.append(element);
    size++;
    kind.memory().grew(page, bytes);
  }

  /** Returns the elements of now, for good: whatever becomes of the list. */
  public PagedSnapshot<T> snapshot() {
    return new PagedSnapshot<>(pages, size);
  }

  /** Lets go of all elements; snapshots stay good. */
  public void clear() {
    for (int i = 0; i < pageCount; i++) {
      kind.memory().dropped(pages[i]);
    }
    pages = noPages();
    pageCount = 0;
    size = 0;
  }

  private Page<T> openPage() {
    if (pageCount == pages.length) {
      pages = Arrays.copyOf(pages, Math.max(1, pageCount * 2));
    }
    Page<T> page = new Page<>(kind);
    pages[pageCount++] = page;
    kind.memory().opened(page);
    return page;
  }

  @SuppressWarnings("unchecked") // an array without elements is of any type
  private static <T> Page<T>[] noPages() {
    return (Page<T>[]) NO_PAGES;
  }
}
