package dev.sluice.state.keyed;

import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.page.PageKind;
import dev.sluice.state.store.ObjectSize;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One declared state of a transform: all cells of the same state id form a column.
 *
 * <p>There is one object for each id in a {@link KeyedState}, so that columns are compared by
 * identity.
 */
final class StateColumn {
  final KeyedState<?> owner;
  final int ordinal;
  final StateEntry.Column name;

  /** How long content lives after it was written last; 0 for ever. */
  final long expiresAfterMs;

  private static final int GUESSED_BYTES = 64;

  /** An element of a collection: two objects and a place in a table. */
  private static final ObjectSize COLLECTED = new ObjectSize(128, 3);

  /** What an element takes on the heap, by those that were measured. */
  private int elementBytes = GUESSED_BYTES;

  private int hash;
  private boolean hashed;

  private @Nullable ObjectSize size;

  /** Of a column of values; the coder that came last decides. */
  private @Nullable Coder<?> valueCoder;

  /** Of a column of values that need no object; of the coder that came last. */
  private @Nullable Primitive primitive;

  /** Of a column of bags; the coder that came first decides. */
  private @Nullable PageKind<?> pages;

  StateColumn(KeyedState<?> owner, int ordinal, StateEntry.Column name) {
    this.owner = owner;
    this.ordinal = ordinal;
    this.name = name;
    this.expiresAfterMs = owner.expiresAfterMs(name.stateId());
  }

  /** The hash by which its id stands in saved entries. */
  int hash() {
    if (!hashed) {
      hash = owner.log().stateHash(name.stateId());
      hashed = true;
    }
    return hash;
  }

  int elementBytes() {
    return elementBytes;
  }

  /** Notes the encoded size of an element; small differences are ignored. */
  void measured(int encodedBytes) {
    learn((elementBytes * 7L + sizeOf(encodedBytes)) / 8);
  }

  /** Notes the average encoded size of many elements, which counts for more. */
  void measuredMany(int encodedBytes) {
    learn((elementBytes + sizeOf(encodedBytes)) / 2);
  }

  private long sizeOf(int encodedBytes) {
    if (size == null) {
      size = valueCoder == null ? COLLECTED : ObjectSize.of(valueCoder);
    }
    return size.bytes(encodedBytes);
  }

  private void learn(long bytes) {
    if (Math.abs(bytes - elementBytes) > elementBytes / 8) {
      elementBytes = (int) Math.min(Integer.MAX_VALUE / 2, bytes);
    }
  }

  void holdsValues(Coder<?> coder) {
    if (valueCoder != coder) {
      valueCoder = coder;
      primitive = Primitive.of(coder);
    }
  }

  /** What the values are; null if they are objects. */
  @Nullable Primitive primitive() {
    return primitive;
  }

  @SuppressWarnings("unchecked") // all values of a column are of one type
  <T> Coder<T> valueCoder() {
    return (Coder<T>) valueCoder;
  }

  @SuppressWarnings("unchecked") // all bags of a column have elements of one type
  <T> PageKind<T> pages(Coder<T> coder) {
    if (pages == null) {
      pages = new PageKind<>(owner.pageMemory(), coder, name);
    }
    return (PageKind<T>) pages;
  }
}
