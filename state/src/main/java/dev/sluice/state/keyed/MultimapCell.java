package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.values.KV;

/**
 * The cell of a {@code MultimapState}: a list of values for each key, keys in the order they came;
 * once they are in the store, in that of their encodings.
 */
final class MultimapCell<K, V> extends PartedCell implements MultimapState<K, V> {
  private final Lookups<K, List<V>> lists;
  private final Coder<V> valueCoder;

  /** Values of all keys. */
  private int count;

  MultimapCell(CellPlace place, Coder<K> keyCoder, Coder<V> valueCoder) {
    super(place);
    this.lists = new Lookups<>(keyCoder);
    this.valueCoder = valueCoder;
  }

  @Override
  public void put(K key, V value) {
    writing();
    if (isStored()) {
      fill(key, value);
      parts.put();
      parts.count++;
      return;
    }
    count++;
    Lookups.Pair<K, List<V>> known = lists.find(key);
    if (known == null) {
      List<V> values = new ArrayList<>(1);
      values.add(value);
      lists.put(key, values);
    } else {
      known.value().add(value);
    }
    if (parts != null) {
      fill(key, value);
      parts.log();
    }
    grown();
  }

  private void fill(K key, V value) {
    beginWith(key).putLong(parts.next++);
    StateLog.encode(parts.value(), value, valueCoder, described());
  }

  private Bytes beginWith(K key) {
    Bytes part = parts.part();
    column.owner.log().putWithLength(part, key, lists.keyCoder(), described());
    return part;
  }

  /** The values of a key of a collection that is in the store. */
  private Iterable<V> stored(K key) {
    beginWith(key);
    return parts.read(parts.withPart(), (place, value) -> value(value));
  }

  private V value(byte[] encoded) {
    return new ByteReader(encoded, 0).decodeNested(valueCoder, described());
  }

  private K key(CellParts.Place place) {
    return place.reader().decodeWithLength(lists.keyCoder(), described());
  }

  @Override
  public void remove(K key) {
    if (isStored()) {
      removeStored(key);
      return;
    }
    Lookups.Pair<K, List<V>> former = lists.remove(key);
    if (former != null) {
      changing();
      count -= former.value().size();
      if (parts != null) {
        beginWith(key);
        parts.deletePrefix();
      }
      removed();
    }
  }

  private void removeStored(K key) {
    beginWith(key);
    long gone = 0;
    for (Iterator<?> values = parts.read(parts.withPart(), (place, value) -> value).iterator();
        values.hasNext();
        values.next()) {
      gone++;
    }
    if (gone > 0) {
      changing();
      beginWith(key);
      parts.deletePrefix();
      parts.count -= gone;
      removed();
    }
  }

  @Override
  public ReadableState<Iterable<V>> get(K key) {
    return new DeferredRead<>(
        () -> {
          if (isStored()) {
            return stored(key);
          }
          Lookups.Pair<K, List<V>> known = lists.find(key);
          return known == null
              ? Collections.emptyList()
              : Collections.unmodifiableList(new ArrayList<>(known.value()));
        });
  }

  @Override
  public ReadableState<Iterable<K>> keys() {
    return new DeferredRead<>(
        () -> {
          if (isStored()) {
            return parts.read(parts.all().filtered(Distinct::new), (place, value) -> key(place));
          }
          List<K> keys = new ArrayList<>(lists.size());
          lists.all().forEach(pair -> keys.add(pair.key()));
          return Collections.unmodifiableList(keys);
        });
  }

  @Override
  public ReadableState<Iterable<Map.Entry<K, V>>> entries() {
    return new DeferredRead<>(
        () -> {
          if (isStored()) {
            return parts.read(parts.all(), this::entry);
          }
          List<Map.Entry<K, V>> entries = new ArrayList<>();
          for (Lookups.Pair<K, List<V>> pair : lists.all()) {
            pair.value().forEach(value -> entries.add(new Lookups.Pair<>(pair.key(), value)));
          }
          return Collections.unmodifiableList(entries);
        });
  }

  private Map.Entry<K, V> entry(CellParts.Place place, byte[] value) {
    return new Lookups.Pair<>(key(place), value(value));
  }

  /** Lets the first value of each key through. */
  private static final class Distinct implements Predicate<byte[]> {
    private byte[] last = {};

    @Override
    public boolean test(byte[] part) {
      int length = part.length - Long.BYTES;
      boolean same = last.length == part.length && Arrays.equals(last, 0, length, part, 0, length);
      last = part;
      return !same;
    }
  }

  @Override
  public ReadableState<Boolean> containsKey(K key) {
    return new DeferredRead<>(
        () -> {
          if (isStored()) {
            beginWith(key);
            return parts.hasAny();
          }
          return lists.find(key) != null;
        });
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
  int elements() {
    return count;
  }

  @Override
  long onHeap() {
    return count;
  }

  @Override
  void forEachOnHeap(Runnable taken) {
    for (Lookups.Pair<K, List<V>> pair : lists.all()) {
      for (V value : pair.value()) {
        fill(pair.key(), value);
        taken.run();
      }
    }
  }

  @Override
  void clearHeap() {
    lists.clear();
    count = 0;
  }

  @Override
  void encodeWhole(Bytes out) {
    out.putVarInt(lists.size());
    for (Lookups.Pair<K, List<V>> pair : lists.all()) {
      StateLog.encode(out, pair.key(), lists.keyCoder(), described());
      out.putVarInt(pair.value().size());
      for (V value : pair.value()) {
        StateLog.encode(out, value, valueCoder, described());
      }
    }
  }

  @Override
  void decodeContent(ByteReader in) {
    for (int left = in.readVarInt(); left > 0; left--) {
      K key = in.decodeNested(lists.keyCoder(), described());
      List<V> values = new ArrayList<>();
      for (int more = in.readVarInt(); more > 0; more--) {
        values.add(in.decodeNested(valueCoder, described()));
      }
      lists.put(key, values);
      count += values.size();
    }
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    Coder<KV<K, Integer>> partCoder = KvCoder.of(lists.keyCoder(), VarIntCoder.of());
    int number = 0;
    for (Map.Entry<K, V> entry : entries().read()) {
      visitor.visit(
          new Coded<>(KV.of(entry.getKey(), number++), partCoder),
          new Coded<>(entry.getValue(), valueCoder));
    }
  }
}
