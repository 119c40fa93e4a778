package dev.sluice.state.keyed;

import dev.sluice.state.error.StateCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A map within one cell, from what stands for a user's key to the key and its value, in the order
 * in which the keys came.
 *
 * @param <K> the type of the user's keys
 * @param <V> the type of what is kept for each
 */
final class Lookups<K, V> {
  private final Coder<K> keyCoder;
  private final Map<@Nullable Object, Pair<K, V>> pairs = new LinkedHashMap<>();

  Lookups(Coder<K> keyCoder) {
    this.keyCoder = keyCoder;
  }

  Coder<K> keyCoder() {
    return keyCoder;
  }

  @Nullable Pair<K, V> find(K key) {
    return pairs.get(standIn(key));
  }

  /** Puts a value; the key that is kept is the one that came first. */
  void put(K key, V value) {
    Object standIn = standIn(key);
    Pair<K, V> known = pairs.get(standIn);
    pairs.put(standIn, new Pair<>(known == null ? key : known.key(), value));
  }

  @Nullable Pair<K, V> remove(K key) {
    return pairs.remove(standIn(key));
  }

  Iterable<Pair<K, V>> all() {
    return pairs.values();
  }

  int size() {
    return pairs.size();
  }

  boolean isEmpty() {
    return pairs.isEmpty();
  }

  void clear() {
    pairs.clear();
  }

  private @Nullable Object standIn(K key) {
    try {
      return keyCoder.structuralValue(key);
    } catch (Throwable e) {
      throw StateCodingException.encoding("key within a state", key, keyCoder, e);
    }
  }

  /**
   * A key as the user gave it, and what is kept for it.
   *
   * @param key the user's key
   * @param value what is kept
   */
  record Pair<K, V>(K key, V value) implements Map.Entry<K, V> {
    @Override
    public K getKey() {
      return key;
    }

    @Override
    public V getValue() {
      return value;
    }

    @Override
    public V setValue(V value) {
      throw new UnsupportedOperationException("What was read from state is a snapshot: use put");
    }

    /** As {@link Map.Entry} demands. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Map.Entry<?, ?>
          && java.util.Objects.equals(key, ((Map.Entry<?, ?>) other).getKey())
          && java.util.Objects.equals(value, ((Map.Entry<?, ?>) other).getValue());
    }

    /** As {@link Map.Entry} demands. */
    @Override
    public int hashCode() {
      return java.util.Objects.hashCode(key) ^ java.util.Objects.hashCode(value);
    }

    @Override
    public String toString() {
      return key + "=" + value;
    }
  }
}
