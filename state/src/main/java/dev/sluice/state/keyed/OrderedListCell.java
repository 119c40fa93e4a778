package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.StateLog;
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
final class OrderedListCell<T> extends PartedCell implements OrderedListState<T> {
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
    writing();
    if (isStored()) {
      fill(value.getTimestamp(), value.getValue());
      parts.put();
      parts.count++;
      return;
    }
    count++;
    byTime.computeIfAbsent(value.getTimestamp(), time -> new ArrayList<>(1)).add(value.getValue());
    if (parts != null) {
      fill(value.getTimestamp(), value.getValue());
      parts.log();
    }
    grown();
  }

  private void fill(Instant time, T value) {
    beginWith(time).putLong(parts.next++);
    StateLog.encode(parts.value(), value, coder, described());
  }

  private Bytes beginWith(Instant time) {
    // Turns the order of signed numbers into that of bytes.
    return parts.part().putLong(time.getMillis() ^ Long.MIN_VALUE);
  }

  private static Instant timeOf(CellParts.Place place) {
    return Instant.ofEpochMilli(place.reader().readLong() ^ Long.MIN_VALUE);
  }

  /** Values of a list that is in the store, up to the limit; null for all from there on. */
  private Iterable<TimestampedValue<T>> stored(Instant from, Instant limit) {
    byte[] first = beginWith(from).toByteArray();
    byte[] until = beginWith(limit).toByteArray();
    return parts.read(parts.all().between(first, until), this::value);
  }

  private TimestampedValue<T> value(CellParts.Place place, byte[] value) {
    return TimestampedValue.of(
        new ByteReader(value, 0).decodeNested(coder, described()), timeOf(place));
  }

  @Override
  public Iterable<TimestampedValue<T>> read() {
    return isStored() ? parts.read(parts.all(), this::value) : snapshot(byTime);
  }

  @Override
  public Iterable<TimestampedValue<T>> readRange(Instant minTimestamp, Instant limitTimestamp) {
    if (isStored()) {
      return stored(minTimestamp, limitTimestamp);
    }
    return snapshot(byTime.subMap(minTimestamp, true, limitTimestamp, false));
  }

  @Override
  public void clearRange(Instant minTimestamp, Instant limitTimestamp) {
    if (isStored()) {
      clearStored(minTimestamp, limitTimestamp);
    } else if (live) {
      changing();
      Map<Instant, List<T>> range = byTime.subMap(minTimestamp, true, limitTimestamp, false);
      for (List<T> values : range.values()) {
        count -= values.size();
      }
      if (parts != null) {
        for (Instant time : range.keySet()) {
          beginWith(time);
          parts.deletePrefix();
        }
      }
      range.clear();
      removed();
    }
  }

  private void clearStored(Instant from, Instant limit) {
    byte[] first = beginWith(from).toByteArray();
    byte[] until = beginWith(limit).toByteArray();
    changing();
    Instant last = null;
    for (Instant time :
        parts.read(parts.all().between(first, until), (place, value) -> timeOf(place))) {
      parts.count--;
      if (!time.equals(last)) {
        beginWith(time);
        parts.deletePrefix();
        last = time;
      }
    }
    removed();
  }

  @Override
  public void clear() {
    clearContent();
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new DeferredRead<>(() -> !live);
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
  long onHeap() {
    return count;
  }

  @Override
  void forEachOnHeap(Runnable taken) {
    byTime.forEach(
        (time, values) -> {
          for (T value : values) {
            fill(time, value);
            taken.run();
          }
        });
  }

  @Override
  void clearHeap() {
    byTime.clear();
    count = 0;
  }

  @Override
  void encodeWhole(Bytes out) {
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
    int number = 0;
    for (TimestampedValue<T> value : read()) {
      visitor.visit(
          new Coded<>(KV.of(value.getTimestamp(), number++), PART_CODER),
          new Coded<>(value.getValue(), coder));
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
