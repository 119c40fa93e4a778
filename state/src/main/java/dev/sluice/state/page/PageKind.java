package dev.sluice.state.page;

import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.error.StateCodingException;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;

/**
 * What all pages of one state have in common: the coder of their elements, the name for messages,
 * and an estimate of what an element takes on the heap.
 *
 * <p>Owned by the task's thread, except {@link #decode}, which any reader of a snapshot may call.
 * Sizes are estimated from the encoding, which is counted for the first elements and then for one
 * in {@value #SAMPLED}; arrays of bytes and strings say their size themselves.
 *
 * @param <T> the type of the elements
 */
public final class PageKind<T> {
  private static final int SAMPLED = 32;
  private static final int OBJECT_BYTES = 32;

  private final PageMemory memory;
  private final Coder<T> coder;
  private final StateEntry.Column name;
  private final CountingStream counter = new CountingStream();
  private int estimated;
  private long average;

  /**
   * @param memory keeps the pages within the task's heap
   * @param coder encodes the elements
   * @param name names the state in messages
   */
  public PageKind(PageMemory memory, Coder<T> coder, StateEntry.Column name) {
    this.memory = memory;
    this.coder = coder;
    this.name = name;
  }

  /** The memory that keeps the pages within the task's heap. */
  public PageMemory memory() {
    return memory;
  }

  /** The coder of the elements. */
  public Coder<T> coder() {
    return coder;
  }

  /** Estimates what the element takes on the heap. */
  long heapBytes(T element) {
    if (element instanceof byte[] bytes) {
      return (long) OBJECT_BYTES + bytes.length;
    } else if (element instanceof String text) {
      return 2L * OBJECT_BYTES + text.length();
    }
    int number = estimated++;
    if (number < SAMPLED || number % SAMPLED == 0) {
      counter.count = 0;
      encode(element, counter);
      long sample = OBJECT_BYTES + 2 * counter.count;
      average = number == 0 ? sample : (average * 7 + sample) / 8;
      return sample;
    }
    return average;
  }

  void encode(T element, OutputStream out) {
    try {
      coder.encode(element, out);
    } catch (Throwable e) {
      throw StateCodingException.encoding("element of " + where(), element, coder, e);
    }
  }

  Object[] decode(byte[] bytes, int count) {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    Object[] elements = new Object[count];
    try {
      for (int i = 0; i < count; i++) {
        elements[i] = coder.decode(in);
      }
    } catch (Throwable e) {
      throw StateCodingException.decoding(where(), coder, e);
    }
    return elements;
  }

  private String where() {
    return "state " + name.stateId() + " of transform " + name.transformId();
  }

  /** Counts bytes and keeps none. */
  private static final class CountingStream extends OutputStream {
    private long count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      count += length;
    }
  }
}
