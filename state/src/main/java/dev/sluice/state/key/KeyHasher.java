package dev.sluice.state.key;

import dev.sluice.state.error.StateCodingException;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The murmur3_32 hash (x86 variant, seed 0) of a key's encoding by its key coder, which decides the
 * key's group.
 *
 * <p>The encoding is the coder's nested one ({@code coder.encode(key, stream)}), the bytes that the
 * key has inside of an encoded {@code KV}. For common coders the hash is computed without making
 * these bytes. {@code hashCode()} has no say: it differs between JVMs, languages and for {@code
 * byte[]}.
 *
 * <p>Not thread safe: each task has its own.
 *
 * @param <K> the type of the keys
 */
public interface KeyHasher<K> {
  /**
   * Returns the hash of the key's encoding. A null key is fine where the coder encodes null.
   *
   * @throws StateCodingException if the coder cannot encode the key
   */
  int hash(@Nullable K key);

  /** Returns a hasher for keys that are encoded by the coder. */
  static <K> KeyHasher<K> of(Coder<K> coder) {
    return new StreamingKeyHasher<>(coder);
  }
}
