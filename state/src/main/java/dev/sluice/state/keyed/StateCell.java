package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.log.Bytes;
import org.apache.beam.sdk.state.State;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One state of one key in one namespace: both where the content is kept and the Beam state object
 * that user code and the runner libraries are handed.
 *
 * <p>Belongs to a {@link KeyEntry}, therefore to the task's thread; whoever was handed it may use
 * it while its key is selected. What is always true: {@link #live} says whether the cell holds
 * something that a barrier would have to save, and the entry and the transform count the cells of
 * which that is so. A cell that has been let go because it was empty refuses to be written.
 *
 * <p>This family is the seam at which state leaves the heap: see the package's description.
 */
abstract sealed class StateCell implements State
    permits ValueCell, PrimitiveCell, CombiningCell, HoldCell, PartedCell {
  private static final int CELL_BYTES = 48;
  private static final int MOST_BYTES = 1 << 30;
  private static final int MOST_MEASURED = 4096;

  /** Takes the parts of a cell's content, each with its coders. */
  @FunctionalInterface
  interface PartVisitor {
    void visit(@Nullable Coded<?> part, @Nullable Coded<?> value);
  }

  final Namespace namespace;
  final StateColumn column;

  /** Null once the cell was let go. */
  @Nullable KeyEntry entry;

  boolean live;

  StateCell(CellPlace place) {
    this.entry = place.entry();
    this.namespace = place.namespace();
    this.column = place.column();
  }

  /** Shows what a barrier would save; called for live cells only. */
  abstract void forEachPart(PartVisitor visitor);

  /** Encodes what a barrier saves; called for live cells only. */
  abstract void encodeContent(Bytes out);

  /** Takes back what {@link #encodeContent} has written, into a cell without content. */
  abstract void decodeContent(ByteReader in);

  /** Returns about how many bytes it takes on the heap, without looking at the content. */
  final int heapBytes() {
    return CELL_BYTES + (int) Math.min(MOST_BYTES, (long) elements() * column.elementBytes());
  }

  /** Returns how many pieces of content there are on the heap. */
  int elements() {
    return 1;
  }

  /** Says whether what is encoded as the content only tells how many parts there are elsewhere. */
  boolean isParted() {
    return false;
  }

  /** Takes back the content of a cell that is parted. */
  void decodeParted(ByteReader in) {
    throw new IllegalStateException(described() + " was saved as a collection and is none");
  }

  /** Parts of the content that are on the heap go to the store: the key leaves the heap. */
  void toStore() {}

  /** Lets go of what content takes outside of this object; the cell is no longer used. */
  void discard() {}

  /** Has the column learn from what the content takes when encoded. */
  final void measure(Bytes scratch) {
    int elements = elements();
    if (live && elements > 0 && elements <= MOST_MEASURED && !isParted()) {
      encodeContent(scratch.clear());
      column.measured(scratch.size() / elements);
    }
  }

  /** For messages: which state it is. */
  final String described() {
    return "value of state " + column.name.stateId() + " of transform " + column.name.transformId();
  }

  /** To be called before content changes. */
  final void changing() {
    KeyEntry of = entry;
    if (of != null && (of.changedIn != column.owner.log().epoch() || column.expiresAfterMs != 0)) {
      column.owner.changing(of, this);
    }
  }

  /** The cell was saved, and its content has just been decoded. */
  final void restored() {
    live = true;
  }

  /** Forgets an empty cell. */
  final void letGo(Namespaces namespaces) {
    entry = null;
    namespaces.release(namespace);
  }

  /** To be called before content comes into an empty cell. */
  final void becomeLive() {
    if (entry == null) {
      throw new IllegalStateException(
          "State "
              + column.name.stateId()
              + " of transform "
              + column.name.transformId()
              + " is written through an object that was handed out for a key which is no longer"
              + " selected; ask for the state again after selecting the key");
    }
    live = true;
    column.owner.cellBecameLive(entry);
    changing();
  }

  /** To be called when the content of a live cell is gone. */
  final void becomeEmpty() {
    live = false;
    changing();
    column.owner.cellBecameEmpty(entry);
  }

  /**
   * Where a new cell will be.
   *
   * @param entry the key
   * @param namespace the window
   * @param column the state
   */
  record CellPlace(KeyEntry entry, Namespace namespace, StateColumn column) {}
}
