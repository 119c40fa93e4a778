package dev.sluice.state.page;

import java.io.OutputStream;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A run of elements of a {@link PagedList}, on the heap or in a scratch file.
 *
 * <p>Written by the task's thread; snapshots read it from any thread to which they were handed
 * over. What is always true: elements are only ever appended, so whatever a reader finds in {@link
 * #content} holds at least the elements that were there when its snapshot was taken, in the same
 * order; a page in a file takes no more elements.
 *
 * @param <T> the type of the elements
 */
final class Page<T> {
  private static final int LEAST_CAPACITY = 4;
  private static final int MOST_ELEMENTS = 2048;
  private static final long FULL_BYTES = 128L << 10;

  private final PageKind<T> kind;

  /** An {@code Object[]} on the heap, or {@link OnDisk}. */
  private volatile Object content = new Object[LEAST_CAPACITY];

  private int count;
  long heapBytes;

  /** The neighbours among the pages on the heap, by age; kept by {@link PageMemory}. */
  @Nullable Page<?> older;

  @Nullable Page<?> newer;

  Page(PageKind<T> kind) {
    this.kind = kind;
  }

  int count() {
    return count;
  }

  boolean isFull() {
    return count == MOST_ELEMENTS || heapBytes >= FULL_BYTES || !isOnHeap();
  }

  boolean isOnHeap() {
    return content instanceof Object[];
  }

  /** Appends to a page that is not full. */
  void append(T element) {
    Object[] elements = (Object[]) content;
    if (count == elements.length) {
      elements = Arrays.copyOf(elements, count * 2);
      elements[count++] = element;
      content = elements;
    } else {
      elements[count++] = element;
    }
  }

  /** Writes the elements' encodings. */
  @SuppressWarnings("unchecked") // only elements of type T are ever appended
  void encodeTo(OutputStream out) {
    Object[] elements = (Object[]) content;
    for (int i = 0; i < count; i++) {
      kind.encode((T) elements[i], out);
    }
  }

  void movedTo(OnDisk place) {
    content = place;
  }

  /** Returns the first elements, in an array that may be longer; nobody may write to it. */
  Object[] load(int first) {
    Object now = content;
    if (now instanceof Object[] elements) {
      return elements;
    }
    OnDisk place = (OnDisk) now;
    return kind.decode(place.file().read(place.position(), place.length()), first);
  }

  /**
   * Where a page is in a file.
   *
   * @param file the file, which stays while the page is reachable
   * @param position where the page begins
   * @param length how many bytes it has
   */
  record OnDisk(SpillArea.SpillFile file, long position, int length) {}
}
