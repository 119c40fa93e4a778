package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.log.Bytes;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The cell of a collection. As long as it is small its content is on the heap and a part of its
 * key's record. Once it has grown, each element is an entry of its own: changes are logged one by
 * one, the record only says how many there are, and when the key leaves the heap, or the collection
 * takes too much of it, the elements go to the store. They do not come back as a whole: from then
 * on what is asked for is looked up there. It is small again once it was empty, or when it has
 * shrunk to half of what makes it grow while all of it is on the heap.
 *
 * <p>What is always true: {@link #parts} is null while the content is a part of the record, and of
 * an empty cell.
 */
abstract sealed class PartedCell extends StateCell
    permits BagCell, SetCell, MapCell, MultimapCell, OrderedListCell {
  /** From this number of elements on, their encoded size is measured now and then. */
  private static final int LOOKED_AT = 64;

  @Nullable CellParts parts;

  /** Whether its elements were found to take too much for a record, however few they are. */
  private boolean isLong;

  PartedCell(CellPlace place) {
    super(place);
  }

  /** Puts each element that is on the heap into the parts' buffers, and has it taken. */
  abstract void forEachOnHeap(Runnable taken);

  /** Lets go of the elements that are on the heap. */
  abstract void clearHeap();

  /** Returns how many elements there are on the heap. */
  abstract long onHeap();

  /** Encodes content that is a part of the record. */
  abstract void encodeWhole(Bytes out);

  final boolean isStored() {
    return parts != null && parts.stored;
  }

  /** To be called before content changes or comes into an empty cell. */
  final void writing() {
    if (live) {
      changing();
    } else {
      becomeLive();
    }
  }

  /** To be called after the content on the heap has grown. */
  final void grown() {
    PartLimits limits = column.owner.partLimits();
    long size = onHeap();
    if (parts == null && (size > limits.recordElements() || isTooLong(size, limits))) {
      becomeParted(size);
    }
    if (parts != null && heapBytes() > limits.heapBytes() && column.owner.mayStore()) {
      toStore();
    }
  }

  private void becomeParted(long size) {
    CellParts made = column.owner.saved().newParts(this);
    long[] bytes = {0};
    parts = made;
    forEachOnHeap(
        () -> {
          made.log();
          bytes[0] += made.encodedBytes();
        });
    column.measuredMany((int) Math.min(Integer.MAX_VALUE / 2, bytes[0] / Math.max(1, size)));
  }

  private boolean isTooLong(long size, PartLimits limits) {
    if (!isLong && size >= LOOKED_AT && (size & (size - 1)) == 0) {
      Bytes scratch = column.owner.log().value().clear();
      encodeWhole(scratch);
      isLong = scratch.size() > limits.recordBytes();
    }
    return isLong;
  }

  /** To be called after elements were removed, from the log or the store too if they are there. */
  final void removed() {
    long size = isStored() ? parts.count : onHeap();
    if (size == 0) {
      parts = null;
      isLong = false;
      becomeEmpty();
    } else if (parts != null
        && !parts.stored
        && !isLong
        && size * 2 <= column.owner.partLimits().recordElements()) {
      parts.clear();
      parts = null;
    }
  }

  /** The elements on the heap go to the store, if they are not a part of the record. */
  @Override
  void toStore() {
    if (parts != null && !parts.stored) {
      parts.count = onHeap();
      forEachOnHeap(parts::store);
      parts.stored = true;
      clearHeap();
    }
  }

  /** The content is gone, wherever it was. */
  final void clearContent() {
    if (live) {
      if (parts != null) {
        parts.clear();
        parts = null;
      }
      clearHeap();
      isLong = false;
      becomeEmpty();
    }
  }

  @Override
  final boolean isParted() {
    return parts != null;
  }

  @Override
  final void encodeContent(Bytes out) {
    if (parts == null) {
      int before = out.size();
      encodeWhole(out);
      isLong |= out.size() - before > column.owner.partLimits().recordBytes();
    } else {
      if (!parts.stored) {
        parts.count = onHeap();
      }
      parts.writeTo(out);
    }
  }

  @Override
  final void decodeParted(ByteReader in) {
    parts = column.owner.saved().newParts(this);
    parts.readFrom(in);
    inStoreNow();
  }

  /** The content was found to be in the store. */
  void inStoreNow() {}
}
