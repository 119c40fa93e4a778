package dev.sluice.state;

import dev.sluice.state.log.Bytes;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ReadableState;

/** The cell of a {@code BagState}: pages of elements in the order in which they were added. */
final class BagCell<T> extends StateCell implements BagState<T> {
  private final PagedList<T> elements;

  BagCell(CellPlace place, PageKind<T> pages) {
    super(place);
    this.elements = new PagedList<>(pages);
  }

  @Override
  public void add(T value) {
    if (live) {
      changing();
    } else {
      becomeLive();
    }
    elements.append(value);
  }

  @Override
  public Iterable<T> read() {
    return elements.snapshot();
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new DeferredRead<>(() -> !live);
  }

  @Override
  public void clear() {
    if (live) {
      elements.clear();
      becomeEmpty();
    }
  }

  @Override
  public BagState<T> readLater() {
    return this;
  }

  /** Pages are counted where they are leased. */
  @Override
  int elements() {
    return 0;
  }

  @Override
  boolean isSmall() {
    return elements.size() <= MOST_ELEMENTS;
  }

  @Override
  void discard() {
    elements.clear();
  }

  @Override
  void encodeContent(Bytes out) {
    out.putLong(elements.size());
    for (T element : elements.snapshot()) {
      StateLog.encode(out, element, elements.coder(), described());
    }
  }

  @Override
  void decodeContent(ByteReader in) {
    for (long left = in.readLong(); left > 0; left--) {
      elements.append(in.decodeNested(elements.coder(), described()));
    }
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    long number = 0;
    for (T element : elements.snapshot()) {
      visitor.visit(
          new Coded<>(number++, VarLongCoder.of()), new Coded<>(element, elements.coder()));
    }
  }
}
