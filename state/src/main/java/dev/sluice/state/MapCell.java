package dev.sluice.state;

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

/** The cell of a {@code MapState}: keys and values in the order in which the keys came. */
final class MapCell<K, V> extends StateCell implements MapState<K, V> {
  private final Lookups<K, V> pairs;
  private final Coder<V> valueCoder;

  MapCell(CellPlace place, Coder<K> keyCoder, Coder<V> valueCoder) {
    super(place);
    this.pairs = new Lookups<>(keyCoder);
    this.valueCoder = valueCoder;
  }

  @Override
  public void put(K key, V value) {
    if (live) {
      changing();
    } else {
      becomeLive();
    }
    pairs.put(key, value);
  }

  @Override
  public ReadableState<V> computeIfAbsent(K key, Function<? super K, ? extends V> mappingFunction) {
    Lookups.Pair<K, V> known = pairs.find(key);
    if (known != null && known.value() != null) {
      return ReadableStates.immediate(known.value());
    }
    put(key, mappingFunction.apply(key));
    return ReadableStates.immediate(null);
  }

  @Override
  public void remove(K key) {
    if (pairs.remove(key) != null) {
      changing();
      if (pairs.isEmpty()) {
        becomeEmpty();
      }
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
          Lookups.Pair<K, V> known = pairs.find(key);
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
    return new DeferredRead<>(pairs::isEmpty);
  }

  @Override
  public void clear() {
    if (live) {
      pairs.clear();
      becomeEmpty();
    }
  }

  @Override
  int elements() {
    return pairs.size();
  }

  @Override
  void encodeContent(Bytes out) {
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
    for (Lookups.Pair<K, V> pair : pairs.all()) {
      visitor.visit(
          new Coded<>(pair.key(), pairs.keyCoder()), new Coded<>(pair.value(), valueCoder));
    }
  }

  private <T> Iterable<T> snapshot(Function<Lookups.Pair<K, V>, T> taken) {
    List<T> snapshot = new ArrayList<>(pairs.size());
    pairs.all().forEach(pair -> snapshot.add(taken.apply(pair)));
    return Collections.unmodifiableList(snapshot);
  }
}
