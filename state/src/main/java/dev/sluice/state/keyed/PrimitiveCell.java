package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.error.StateCodingException;
import dev.sluice.state.log.Bytes;
import org.apache.beam.sdk.state.ValueState;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The cell of a {@code ValueState} of numbers, truth values or instants: the value is in the cell
 * itself, so that millions of them add no objects for the collector, and a barrier finds them where
 * the cells are.
 */
final class PrimitiveCell<T> extends StateCell implements ValueState<T> {
  private final Primitive kind;
  private long bits;

  PrimitiveCell(CellPlace place, Primitive kind) {
    super(place);
    this.kind = kind;
  }

  @Override
  @SuppressWarnings("unchecked") // the coder of this type decided the kind
  public @Nullable T read() {
    return live ? (T) kind.value(bits) : null;
  }

  @Override
  public void write(T input) {
    if (input == null) {
      throw StateCodingException.encoding(
          described(), null, column.valueCoder(), new NullPointerException("null is not a value"));
    }
    long written = kind.bits(input);
    if (live) {
      changing();
    } else {
      becomeLive();
    }
    bits = written;
  }

  @Override
  public void clear() {
    if (live) {
      becomeEmpty();
    }
  }

  @Override
  public ValueState<T> readLater() {
    return this;
  }

  @Override
  int elements() {
    return 0;
  }

  @Override
  void encodeContent(Bytes out) {
    StateLog.encode(out, read(), column.<T>valueCoder(), described());
  }

  @Override
  void decodeContent(ByteReader in) {
    bits = kind.bits(in.decodeNested(column.<T>valueCoder(), described()));
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    visitor.visit(null, new Coded<>(read(), column.valueCoder()));
  }
}
