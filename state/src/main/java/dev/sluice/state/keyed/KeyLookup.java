package dev.sluice.state.keyed;

import dev.sluice.state.error.StateCodingException;
import java.util.Arrays;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What stands for a key's bytes when it is looked up, and whether an entry is the one sought.
 *
 * <p>A key stands for itself only if its coder is {@code consistentWithEquals}; a {@code byte[]} is
 * compared byte by byte; for any other coder its structural value (by default the bytes) stands for
 * the key. A whole number is kept in the entry itself, which saves a look into another object that
 * is seldom in the processor's cache. Immutable.
 *
 * @param <K> the type of the keys
 */
final class KeyLookup<K> {
  private enum Kind {
    NUMBER,
    ITSELF,
    BYTES,
    STRUCTURAL
  }

  private final Coder<K> coder;
  private final Kind kind;

  KeyLookup(Coder<K> coder) {
    this.coder = coder;
    this.kind = kindOf(coder);
  }

  private static Kind kindOf(Coder<?> coder) {
    Class<?> type = coder.getClass();
    if (type == VarLongCoder.class
        || type == BigEndianLongCoder.class
        || type == VarIntCoder.class
        || type == BigEndianIntegerCoder.class) {
      return Kind.NUMBER;
    } else if (type == ByteArrayCoder.class) {
      return Kind.BYTES;
    }
    return coder.consistentWithEquals() ? Kind.ITSELF : Kind.STRUCTURAL;
  }

  Coder<K> coder() {
    return coder;
  }

  /** Returns what stands for the key; allocates nothing if that is the key itself. */
  @Nullable Object of(@Nullable K key) {
    if (kind != Kind.STRUCTURAL) {
      return key;
    }
    try {
      return coder.structuralValue(key);
    } catch (Throwable e) {
      throw StateCodingException.encoding("key", key, coder, e);
    }
  }

  KeyEntry newEntry(@Nullable K key, @Nullable Object standIn, int hash) {
    long number = kind == Kind.NUMBER ? ((Number) standIn).longValue() : 0;
    return new KeyEntry(key, standIn, number, hash);
  }

  /**
   * Says whether the entry, whose hash agrees, is the one for the key that the object stands for.
   */
  boolean isFor(KeyEntry entry, @Nullable Object sought) {
    if (kind == Kind.NUMBER) {
      return entry.number == ((Number) sought).longValue();
    }
    return same(entry.standIn, sought);
  }

  /** Says whether two objects stand for the same key. */
  boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == b) {
      return true;
    }
    if (a == null || b == null) {
      return false;
    }
    return kind == Kind.BYTES ? Arrays.equals((byte[]) a, (byte[]) b) : a.equals(b);
  }
}
