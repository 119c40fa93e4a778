package dev.sluice.state.windowed;

import dev.sluice.state.page.PageKind;
import dev.sluice.state.page.PagedList;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.StructuredCoder;

/**
 * Makes the lists of values of one grouping, which share the heap and the scratch files of their
 * task.
 *
 * <p>Owned by the task's thread.
 *
 * @param <T> the type of the values
 */
public final class ValueLists<T> {
  private final PageKind<T> kind;

  /**
   * @param kind what the pages are like in which the values are kept
   */
  public ValueLists(PageKind<T> kind) {
    this.kind = kind;
  }

  /** Returns a new, empty list. */
  public ValueList<T> newList() {
    return new ValueList<>(new PagedList<>(kind));
  }

  /** Returns the coder of the values. */
  Coder<T> elementCoder() {
    return kind.coder();
  }

  /** Returns the coder of whole lists. {@link WindowedAccumulators} save them by their values. */
  public Coder<ValueList<T>> coder() {
    return new ListCoder<>(this, IterableCoder.of(kind.coder()));
  }

  /** Encodes a list as an iterable of its values. */
  static final class ListCoder<T> extends StructuredCoder<ValueList<T>> {
    private final transient ValueLists<T> lists;
    private final IterableCoder<T> values;

    ListCoder(ValueLists<T> lists, IterableCoder<T> values) {
      this.lists = lists;
      this.values = values;
    }

    ValueLists<T> lists() {
      return lists;
    }

    @Override
    public void encode(ValueList<T> list, OutputStream out) throws IOException {
      values.encode(list.snapshot(), out);
    }

    @Override
    public ValueList<T> decode(InputStream in) throws IOException {
      ValueList<T> list = lists.newList();
      for (T value : values.decode(in)) {
        list.append(value);
      }
      return list;
    }

    @Override
    public List<? extends Coder<?>> getCoderArguments() {
      return List.of(values);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      throw new NonDeterministicException(this, "lists of values cannot be keys");
    }
  }
}
