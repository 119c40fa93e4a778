package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import org.apache.beam.sdk.state.ValueState;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The cell of a {@code ValueState}: one live object.
 *
 * <p>The most common cell, so its coder is kept by the column.
 */
final class ValueCell<T> extends StateCell implements ValueState<T> {
  private @Nullable T value;

  ValueCell(CellPlace place) {
    super(place);
  }

  @Override
  public @Nullable T read() {
    return value;
  }

  @Override
  public void write(T input) {
    if (live) {
      changing();
    } else {
      becomeLive();
    }
    value = input;
  }

  @Override
  public void clear() {
    if (live) {
      value = null;
      becomeEmpty();
    }
  }

  @Override
  public ValueState<T> readLater() {
    return this;
  }

  @Override
  void encodeContent(Bytes out) {
    StateLog.encode(out, value, column.<T>valueCoder(), described());
  }

  @Override
  void decodeContent(ByteReader in) {
    value = in.decodeNested(column.<T>valueCoder(), described());
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    visitor.visit(null, new Coded<>(value, column.valueCoder()));
  }
}
