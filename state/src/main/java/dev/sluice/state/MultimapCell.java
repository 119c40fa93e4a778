package dev.sluice.state;

import dev.sluice.state.log.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.values.KV;

/**
 * The cell of a {@code MultimapState}: a list of values for each key, keys in the order they came.
 */
final class MultimapCell<K, V> extends StateCell implements MultimapState<K, V> {
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
    if (live) {
      changing();
    } else {
      becomeLive();
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
  }

  @Override
  public void remove(K key) {
    Lookups.Pair<K, List<V>> removed = lists.remove(key);
    if (removed != null) {
      changing();
      count -= removed.value().size();
      if (lists.isEmpty()) {
        becomeEmpty();
      }
    }
  }

  @Override
  public ReadableState<Iterable<V>> get(K key) {
    return new DeferredRead<>(
        () -> {
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
          List<K> keys = new ArrayList<>(lists.size());
          lists.all().forEach(pair -> keys.add(pair.key()));
          return Collections.unmodifiableList(keys);
        });
  }

  @Override
  public ReadableState<Iterable<Map.Entry<K, V>>> entries() {
    return new DeferredRead<>(
        () -> {
          List<Map.Entry<K, V>> entries = new ArrayList<>();
          for (Lookups.Pair<K, List<V>> pair : lists.all()) {
            pair.value().forEach(value -> entries.add(new Lookups.Pair<>(pair.key(), value)));
          }
          return Collections.unmodifiableList(entries);
        });
  }

  @Override
  public ReadableState<Boolean> containsKey(K key) {
    return new DeferredRead<>(() -> lists.find(key) != null);
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new DeferredRead<>(lists::isEmpty);
  }

  @Override
  public void clear() {
    if (live) {
      lists.clear();
      count = 0;
      becomeEmpty();
    }
  }

  @Override
  int elements() {
    return count;
  }

  @Override
  void encodeContent(Bytes out) {
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
    for (Lookups.Pair<K, List<V>> pair : lists.all()) {
      List<V> values = pair.value();
      for (int i = 0; i < values.size(); i++) {
        visitor.visit(
            new Coded<>(KV.of(pair.key(), i), partCoder), new Coded<>(values.get(i), valueCoder));
      }
    }
  }
}
