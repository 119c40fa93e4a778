package dev.sluice.state;

import dev.sluice.state.log.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;

/**
 * The cell of an {@code OrderedListState}: values by timestamp, those of one timestamp in the order
 * in which they came.
 */
final class OrderedListCell<T> extends StateCell implements OrderedListState<T> {
  private static final KvCoder<Instant, Integer> PART_CODER =
      KvCoder.of(InstantCoder.of(), VarIntCoder.of());

  private final Coder<T> coder;
  private final NavigableMap<Instant, List<T>> byTime = new TreeMap<>();

  /** Values of all timestamps. */
  private int count;

  OrderedListCell(CellPlace place, Coder<T> coder) {
    super(place);
    this.coder = coder;
  }

  @Override
  public void add(TimestampedValue<T> value) {
    if (live) {
      changing();
    } else {
      becomeLive();
    }
    count++;
    byTime.computeIfAbsent(value.getTimestamp(), time -> new ArrayList<>(1)).add(value.getValue());
  }

  @Override
  public Iterable<TimestampedValue<T>> read() {
    return snapshot(byTime);
  }

  @Override
  public Iterable<TimestampedValue<T>> readRange(Instant minTimestamp, Instant limitTimestamp) {
    return snapshot(byTime.subMap(minTimestamp, true, limitTimestamp, false));
  }

  @Override
  public void clearRange(Instant minTimestamp, Instant limitTimestamp) {
    if (live) {
      changing();
      Map<Instant, List<T>> range = byTime.subMap(minTimestamp, true, limitTimestamp, false);
      for (List<T> values : range.values()) {
        count -= values.size();
      }
      range.clear();
      if (byTime.isEmpty()) {
        becomeEmpty();
      }
    }
  }

  @Override
  public void clear() {
    if (live) {
      byTime.clear();
      count = 0;
      becomeEmpty();
    }
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new DeferredRead<>(byTime::isEmpty);
  }

  @Override
  public OrderedListState<T> readLater() {
    return this;
  }

  @Override
  public OrderedListState<T> readRangeLater(Instant minTimestamp, Instant limitTimestamp) {
    return this;
  }

  @Override
  int elements() {
    return count;
  }

  @Override
  void encodeContent(Bytes out) {
    out.putVarInt(byTime.size());
    for (Map.Entry<Instant, List<T>> entry : byTime.entrySet()) {
      out.putLong(entry.getKey().getMillis()).putVarInt(entry.getValue().size());
      for (T value : entry.getValue()) {
        StateLog.encode(out, value, coder, described());
      }
    }
  }

  @Override
  void decodeContent(ByteReader in) {
    for (int left = in.readVarInt(); left > 0; left--) {
      Instant time = Instant.ofEpochMilli(in.readLong());
      List<T> values = new ArrayList<>(1);
      for (int more = in.readVarInt(); more > 0; more--) {
        values.add(in.decodeNested(coder, described()));
      }
      byTime.put(time, values);
      count += values.size();
    }
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    for (Map.Entry<Instant, List<T>> entry : byTime.entrySet()) {
      List<T> values = entry.getValue();
      for (int i = 0; i < values.size(); i++) {
        visitor.visit(
            new Coded<>(KV.of(entry.getKey(), i), PART_CODER), new Coded<>(values.get(i), coder));
      }
    }
  }

  private static <T> Iterable<TimestampedValue<T>> snapshot(Map<Instant, List<T>> range) {
    List<TimestampedValue<T>> snapshot = new ArrayList<>();
    for (Map.Entry<Instant, List<T>> entry : range.entrySet()) {
      for (T value : entry.getValue()) {
        snapshot.add(TimestampedValue.of(value, entry.getKey()));
      }
    }
    return Collections.unmodifiableList(snapshot);
  }
}
