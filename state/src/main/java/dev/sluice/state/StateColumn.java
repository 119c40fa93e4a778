package dev.sluice.state;

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

  private int hash;
  private boolean hashed;

  /** Of a column of values; the coder that came last decides. */
  private @Nullable Coder<?> valueCoder;

  /** Of a column of bags; the coder that came first decides. */
  private @Nullable PageKind<?> pages;

  StateColumn(KeyedState<?> owner, int ordinal, StateEntry.Column name) {
    this.owner = owner;
    this.ordinal = ordinal;
    this.name = name;
  }

  /** The hash by which its id stands in saved entries. */
  int hash() {
    if (!hashed) {
      hash = owner.log().stateHash(name.stateId());
      hashed = true;
    }
    return hash;
  }

  void holdsValues(Coder<?> coder) {
    valueCoder = coder;
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
