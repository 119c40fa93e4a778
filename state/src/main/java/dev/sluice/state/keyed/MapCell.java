package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The cell of a {@code MapState}: keys and values in the order in which the keys came; in that of
 * their encodings once they are in the store.
 */
final class MapCell<K, V> extends PartedCell implements MapState<K, V> {
  private final Lookups<K, V> pairs;
  private final Coder<V> valueCoder;

  MapCell(CellPlace place, Coder<K> keyCoder, Coder<V> valueCoder) {
    super(place);
    this.pairs = new Lookups<>(keyCoder);
    this.valueCoder = valueCoder;
  }

  @Override
  public void put(K key, V value) {
    writing();
    if (isStored()) {
      parts.count += find(key) == null ? 1 : 0;
      fill(key, value);
      parts.put();
      return;
    }
    pairs.put(key, value);
    if (parts != null) {
      fill(key, value);
      parts.log();
    }
    grown();
  }

  private void fill(K key, V value) {
    StateLog.encode(parts.part(), key, pairs.keyCoder(), described());
    StateLog.encode(parts.value(), value, valueCoder, described());
  }

  private Lookups.@Nullable Pair<K, V> find(K key) {
    if (!isStored()) {
      return pairs.find(key);
    }
    StateLog.encode(parts.part(), key, pairs.keyCoder(), described());
    byte[] value = parts.get();
    return value == null ? null : new Lookups.Pair<>(key, value(value));
  }

  private V value(byte[] encoded) {
    return new ByteReader(encoded, 0).decodeNested(valueCoder, described());
  }

  @Override
  public ReadableState<V> computeIfAbsent(K key, Function<? super K, ? extends V> mappingFunction) {
    Lookups.Pair<K, V> known = find(key);
    if (known != null && known.value() != null) {
      return ReadableStates.immediate(known.value());
    }
    put(key, mappingFunction.apply(key));
    return ReadableStates.immediate(null);
  }

  @Override
  public void remove(K key) {
    boolean known = isStored() ? find(key) != null : pairs.remove(key) != null;
    if (known) {
      changing();
      if (parts != null) {
        StateLog.encode(parts.part(), key, pairs.keyCoder(), described());
        parts.delete();
        parts.count -= isStored() ? 1 : 0;
      }
      removed();
    }
  }

  @Override
  public ReadableState<V> get(K key) {
    return getOrDefault(key, null);
  }

  @Override
  public ReadableState<V> getOrDefault(K key, @Nullable V defaultValue) {
    return new DeferredRead<>(
        () -> {
          Lookups.Pair<K, V> known = find(key);
          return known == null ? defaultValue : known.value();
        });
  }

  @Override
  public ReadableState<Iterable<K>> keys() {
    return new DeferredRead<>(() -> snapshot(Lookups.Pair::key));
  }

  @Override
  public ReadableState<Iterable<V>> values() {
    return new DeferredRead<>(() -> snapshot(Lookups.Pair::value));
  }

  @Override
  public ReadableState<Iterable<Map.Entry<K, V>>> entries() {
    return new DeferredRead<>(() -> snapshot(pair -> pair));
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
    return pairs.size();
  }

  @Override
  long onHeap() {
    return pairs.size();
  }

  @Override
  void forEachOnHeap(Runnable taken) {
    for (Lookups.Pair<K, V> pair : pairs.all()) {
      fill(pair.key(), pair.value());
      taken.run();
    }
  }

  @Override
  void clearHeap() {
    pairs.clear();
  }

  @Override
  void encodeWhole(Bytes out) {
    out.putVarInt(pairs.size());
    for (Lookups.Pair<K, V> pair : pairs.all()) {
      StateLog.encode(out, pair.key(), pairs.keyCoder(), described());
      StateLog.encode(out, pair.value(), valueCoder, described());
    }
  }

  @Override
  void decodeContent(ByteReader in) {
    for (int left = in.readVarInt(); left > 0; left--) {
      K key = in.decodeNested(pairs.keyCoder(), described());
      pairs.put(key, in.decodeNested(valueCoder, described()));
    }
  }

  @Override
  void forEachPart(PartVisitor visitor) {
    for (Lookups.Pair<K, V> pair : all()) {
      visitor.visit(
          new Coded<>(pair.key(), pairs.keyCoder()), new Coded<>(pair.value(), valueCoder));
    }
  }

  private Lookups.Pair<K, V> pair(CellParts.Place place, byte[] value) {
    K key = place.reader().decodeNested(pairs.keyCoder(), described());
    return new Lookups.Pair<>(key, value(value));
  }

  private Iterable<Lookups.Pair<K, V>> all() {
    return isStored() ? parts.read(parts.all(), this::pair) : pairs.all();
  }

  private <T> Iterable<T> snapshot(Function<Lookups.Pair<K, V>, T> taken) {
    if (isStored()) {
      return parts.read(parts.all(), (place, value) -> taken.apply(pair(place, value)));
    }
    List<T> snapshot = new ArrayList<>(pairs.size());
    pairs.all().forEach(pair -> snapshot.add(taken.apply(pair)));
    return Collections.unmodifiableList(snapshot);
  }
}
