package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.page.PageKind;
import dev.sluice.state.page.PagedList;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ReadableState;

/**
 * The cell of a {@code BagState}: pages of elements in the order in which they were added, which go
 * to scratch files if the heap is short.
 *
 * <p>What was read stays valid whatever becomes of the bag, so a bag that is in the store is paged
 * in when it is read, and then kept in both. What is always true of one that is no part of the
 * record: the store has its first {@link #inStore} elements; {@link #paged} says whether the pages
 * have all of them.
 */
final class BagCell<T> extends PartedCell implements BagState<T> {
  private final PagedList<T> elements;
  private boolean paged = true;
  private long inStore;

  BagCell(CellPlace place, PageKind<T> pages) {
    super(place);
    this.elements = new PagedList<>(pages);
  }

  @Override
  public void add(T value) {
    writing();
    if (paged) {
      elements.append(value);
    }
    if (parts == null) {
      grown();
      return;
    }
    fill(parts.next++, value);
    parts.count = parts.next;
    parts.log();
    if (!paged) {
      parts.store();
      inStore = parts.next;
    }
  }

  private void fill(long number, T value) {
    parts.part().putLong(number);
    StateLog.encode(parts.value(), value, elements.coder(), described());
  }

  @Override
  public Iterable<T> read() {
    if (!paged) {
      for (T element : parts.read(parts.all(), (place, value) -> element(value))) {
        elements.append(element);
      }
      paged = true;
    }
    return elements.snapshot();
  }

  private T element(byte[] value) {
    return new ByteReader(value, 0).decodeNested(elements.coder(), described());
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new DeferredRead<>(() -> !live);
  }

  @Override
  public void clear() {
    clearContent();
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
  long onHeap() {
    return elements.size();
  }

  /** Called once, when the bag has grown out of its record. */
  @Override
  void forEachOnHeap(Runnable taken) {
    for (T element : elements.snapshot()) {
      fill(parts.next++, element);
      taken.run();
    }
  }

  @Override
  void clearHeap() {
    elements.clear();
    paged = true;
    inStore = 0;
  }

  /** The store gets what it does not have yet. */
  @Override
  void toStore() {
    if (parts != null && inStore < parts.next) {
      long number = 0;
      for (T element : elements.snapshot()) {
        if (number >= inStore) {
          fill(number, element);
          parts.store();
        }
        number++;
      }
      inStore = parts.next;
    }
    if (parts != null) {
      parts.stored = true;
    }
  }

  @Override
  void discard() {
    elements.clear();
  }

  @Override
  void encodeWhole(Bytes out) {
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
  void inStoreNow() {
    paged = false;
    inStore = parts.next;
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    long number = 0;
    for (T element : read()) {
      visitor.visit(
          new Coded<>(number++, VarLongCoder.of()), new Coded<>(element, elements.coder()));
    }
  }
}
