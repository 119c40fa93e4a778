package dev.sluice.state;

import dev.sluice.state.log.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.apache.beam.sdk.state.SetState;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The cell of a {@code SetState}: elements in the order in which they came. */
final class SetCell<T> extends StateCell implements SetState<T> {
  private final Lookups<T, Boolean> elements;

  SetCell(CellPlace place, Coder<T> coder) {
    super(place);
    this.elements = new Lookups<>(coder);
  }

  @Override
  public ReadableState<Boolean> contains(T element) {
    return ReadableStates.immediate(elements.find(element) != null);
  }

  @Override
  public ReadableState<Boolean> addIfAbsent(T element) {
    boolean absent = elements.find(element) == null;
    add(element);
    return ReadableStates.immediate(absent);
  }

  @Override
  public void add(T element) {
    if (elements.find(element) == null) {
      if (live) {
        changing();
      } else {
        becomeLive();
      }
      elements.put(element, true);
    }
  }

  @Override
  public void remove(T element) {
    if (elements.remove(element) != null) {
      changing();
      if (elements.isEmpty()) {
        becomeEmpty();
      }
    }
  }

  @Override
  public Iterable<T> read() {
    List<@Nullable T> snapshot = new ArrayList<>(elements.size());
    elements.all().forEach(pair -> snapshot.add(pair.key()));
    return Collections.unmodifiableList(snapshot);
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new DeferredRead<>(elements::isEmpty);
  }

  @Override
  public void clear() {
    if (live) {
      elements.clear();
      becomeEmpty();
    }
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
  void encodeContent(Bytes out) {
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
    for (Lookups.Pair<T, Boolean> pair : elements.all()) {
      visitor.visit(new Coded<>(pair.key(), elements.keyCoder()), null);
    }
  }
}
