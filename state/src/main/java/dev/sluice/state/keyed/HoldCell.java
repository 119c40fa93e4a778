package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.log.Bytes;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * The cell of a {@code WatermarkHoldState}: one combined instant.
 *
 * <p>What is always true: the transform's holds contain the instant exactly while the cell is live.
 */
final class HoldCell extends StateCell implements WatermarkHoldState {
  private final TimestampCombiner combiner;
  private @Nullable Instant hold;

  HoldCell(CellPlace place, TimestampCombiner combiner) {
    super(place);
    this.combiner = combiner;
  }

  @Override
  public void add(Instant time) {
    LongMultiset holds = column.owner.holds();
    if (live) {
      Instant combined = combiner.combine(hold, time);
      if (combined.getMillis() != hold.getMillis()) {
        changing();
        holds.remove(hold.getMillis());
        holds.add(combined.getMillis());
      }
      hold = combined;
    } else {
      becomeLive();
      hold = time;
      holds.add(time.getMillis());
    }
  }

  @Override
  public @Nullable Instant read() {
    return hold;
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new DeferredRead<>(() -> !live);
  }

  @Override
  public void clear() {
    if (live) {
      column.owner.holds().remove(hold.getMillis());
      hold = null;
      becomeEmpty();
    }
  }

  @Override
  public TimestampCombiner getTimestampCombiner() {
    return combiner;
  }

  @Override
  public WatermarkHoldState readLater() {
    return this;
  }

  @Override
  void encodeContent(Bytes out) {
    out.putLong(hold.getMillis());
  }

  @Override
  void decodeContent(ByteReader in) {
    hold = Instant.ofEpochMilli(in.readLong());
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    visitor.visit(null, new Coded<>(hold, InstantCoder.of()));
  }
}
