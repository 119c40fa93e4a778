package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.apache.beam.sdk.state.SetState;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The cell of a {@code SetState}: elements in the order in which they came; in that of their
 * encodings once they are in the store.
 */
final class SetCell<T> extends PartedCell implements SetState<T> {
  private final Lookups<T, Boolean> elements;

  SetCell(CellPlace place, Coder<T> coder) {
    super(place);
    this.elements = new Lookups<>(coder);
  }

  @Override
  public ReadableState<Boolean> contains(T element) {
    return ReadableStates.immediate(has(element));
  }

  @Override
  public ReadableState<Boolean> addIfAbsent(T element) {
    boolean absent = !has(element);
    add(element);
    return ReadableStates.immediate(absent);
  }

  @Override
  public void add(T element) {
    if (has(element)) {
      return;
    }
    writing();
    if (isStored()) {
      fill(element);
      parts.put();
      parts.count++;
      return;
    }
    elements.put(element, true);
    if (parts != null) {
      fill(element);
      parts.log();
    }
    grown();
  }

  private void fill(T element) {
    StateLog.encode(parts.part(), element, elements.keyCoder(), described());
    parts.value();
  }

  private boolean has(T element) {
    if (!isStored()) {
      return elements.find(element) != null;
    }
    fill(element);
    return parts.get() != null;
  }

  @Override
  public void remove(T element) {
    boolean known = isStored() ? has(element) : elements.remove(element) != null;
    if (known) {
      changing();
      if (parts != null) {
        fill(element);
        parts.delete();
        parts.count -= isStored() ? 1 : 0;
      }
      removed();
    }
  }

  @Override
  public Iterable<T> read() {
    if (isStored()) {
      return parts.read(parts.all(), (place, value) -> element(place));
    }
    List<@Nullable T> snapshot = new ArrayList<>(elements.size());
    elements.all().forEach(pair -> snapshot.add(pair.key()));
    return Collections.unmodifiableList(snapshot);
  }

  private T element(CellParts.Place place) {
    return place.reader().decodeNested(elements.keyCoder(), described());
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
  public SetState<T> readLater() {
    return this;
  }

  @Override
  int elements() {
    return elements.size();
  }

  @Override
  long onHeap() {
    return elements.size();
  }

  @Override
  void forEachOnHeap(Runnable taken) {
    for (Lookups.Pair<T, Boolean> pair : elements.all()) {
      fill(pair.key());
      taken.run();
    }
  }

  @Override
  void clearHeap() {
    elements.clear();
  }

  @Override
  void encodeWhole(Bytes out) {
    out.putVarInt(elements.size());
    for (Lookups.Pair<T, Boolean> pair : elements.all()) {
      StateLog.encode(out, pair.key(), elements.keyCoder(), described());
    }
  }

  @Override
  void decodeContent(ByteReader in) {
    for (int left = in.readVarInt(); left > 0; left--) {
      elements.put(in.decodeNested(elements.keyCoder(), described()), true);
    }
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    for (T element : read()) {
      visitor.visit(new Coded<>(element, elements.keyCoder()), null);
    }
  }
}
