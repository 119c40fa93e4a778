package dev.sluice.state.windowed;

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
 * The keys of an {@link AccumulatorTable} by the number of their entry, with what they are compared
 * by.
 *
 * <p>Owned by its table. A key stands for itself only if its coder is {@code consistentWithEquals};
 * a {@code byte[]} is compared byte by byte; for any other coder its structural value stands for
 * the key. Whole numbers are compared by a copy in an array of their own, which saves a look into
 * objects that lie far apart.
 */
final class KeyColumn<K> {
  /** How keys of one coder are compared. */
  enum Comparison {
    NUMBER,
    EQUALS,
    BYTES,
    STRUCTURAL;

    static Comparison by(Coder<?> coder) {
      Class<?> type = coder.getClass();
      if (type == VarLongCoder.class
          || type == BigEndianLongCoder.class
          || type == VarIntCoder.class
          || type == BigEndianIntegerCoder.class) {
        return NUMBER;
      }
      if (type == ByteArrayCoder.class) {
        return BYTES;
      }
      return coder.consistentWithEquals() ? EQUALS : STRUCTURAL;
    }
  }

  private final Coder<K> coder;
  private final Comparison comparison;
  private final @Nullable Object[] keys;
  // What is compared, if that is not the key.
  private final long @Nullable [] numbers;
  private final @Nullable Object @Nullable [] structures;

  KeyColumn(Coder<K> coder, Comparison comparison, int capacity) {
    this(
        coder,
        comparison,
        new Object[capacity],
        comparison == Comparison.NUMBER ? new long[capacity] : null,
        comparison == Comparison.STRUCTURAL ? new Object[capacity] : null);
  }

  private KeyColumn(
      Coder<K> coder,
      Comparison comparison,
      @Nullable Object[] keys,
      long @Nullable [] numbers,
      @Nullable Object @Nullable [] structures) {
    this.coder = coder;
    this.comparison = comparison;
    this.keys = keys;
    this.numbers = numbers;
    this.structures = structures;
  }

  /** Returns a column with the same keys and room for more. */
  KeyColumn<K> grownTo(int capacity) {
    return new KeyColumn<>(
        coder,
        comparison,
        Arrays.copyOf(keys, capacity),
        numbers == null ? null : Arrays.copyOf(numbers, capacity),
        structures == null ? null : Arrays.copyOf(structures, capacity));
  }

  /**
   * Returns what {@link #isAt} and {@link #put} want to know of a key; the key itself if that will
   * do.
   */
  @Nullable Object standIn(@Nullable K key) {
    if (comparison != Comparison.STRUCTURAL) {
      return key;
    }
    try {
      return coder.structuralValue(key);
    } catch (Throwable e) {
      throw StateCodingException.encoding("key", key, coder, e);
    }
  }

  /** Says whether the entry is the one of the key that the object stands for. */
  boolean isAt(int entry, @Nullable Object standIn) {
    return switch (comparison) {
      case NUMBER -> numbers[entry] == ((Number) standIn).longValue();
      case EQUALS -> same(keys[entry], standIn);
      case BYTES -> Arrays.equals((byte[]) keys[entry], (byte[]) standIn);
      case STRUCTURAL -> same(structures[entry], standIn);
    };
  }

  private static boolean same(@Nullable Object a, @Nullable Object b) {
    return a == b || (a != null && a.equals(b));
  }

  void put(int entry, @Nullable K key, @Nullable Object standIn) {
    keys[entry] = key;
    if (numbers != null) {
      numbers[entry] = ((Number) standIn).longValue();
    } else if (structures != null) {
      structures[entry] = standIn;
    }
  }

  @SuppressWarnings("unchecked") // only keys are put
  @Nullable K get(int entry) {
    return (K) keys[entry];
  }

  void clear(int from, int to) {
    Arrays.fill(keys, from, to, null);
    if (structures != null) {
      Arrays.fill(structures, from, to, null);
    }
  }
}
