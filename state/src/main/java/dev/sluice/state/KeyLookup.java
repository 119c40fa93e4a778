package dev.sluice.state;

import java.util.Arrays;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What stands for a key's bytes when it is looked up, and when two such things are the same.
 *
 * <p>A key stands for itself only if its coder is {@code consistentWithEquals}; a {@code byte[]} is
 * compared byte by byte; for any other coder its structural value (by default the bytes) stands for
 * the key. Immutable.
 *
 * @param <K> the type of the keys
 */
final class KeyLookup<K> {
  private final Coder<K> coder;
  private final boolean byItself;
  private final boolean byBytes;

  KeyLookup(Coder<K> coder) {
    this.coder = coder;
    this.byBytes = coder.getClass() == ByteArrayCoder.class;
    this.byItself = byBytes || coder.consistentWithEquals();
  }

  Coder<K> coder() {
    return coder;
  }

  /** Returns what stands for the key; allocates nothing if that is the key itself. */
  @Nullable Object of(@Nullable K key) {
    if (byItself) {
      return key;
    }
    try {
      return coder.structuralValue(key);
    } catch (RuntimeException e) {
      throw StateCodingException.encoding("key", key, coder, e);
    }
  }

  boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == b) {
      return true;
    }
    if (a == null || b == null) {
      return false;
    }
    return byBytes ? Arrays.equals((byte[]) a, (byte[]) b) : a.equals(b);
  }
}
