package dev.sluice.state.store;

import java.util.List;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BigEndianShortCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.ByteCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DelegateCoder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.FloatCoder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.IterableLikeCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.SortedMapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An estimate of what objects of one coder take on the heap: a fixed size for each, and a size for
 * each byte of its encoding.
 *
 * <p>Immutable; made once for a state, from its coder alone, so that it is the same in every
 * process and every replay. Of the libraries that walk objects instead, jol and sizeof fail on
 * records unless the JVM is given flags, and jamm prints a warning of its own on JDK 25, and all of
 * them reach into the JDK by methods that are to be removed. What an estimate gets wrong, {@link
 * StateMemory} learns from the heap after each collection.
 *
 * @param fixedBytes of each object, however short its encoding is
 * @param bytesPerEncodedByte on top of that
 */
public record ObjectSize(int fixedBytes, double bytesPerEncodedByte) {
  private static final int HEADER_BYTES = 16;
  private static final int BOX_BYTES = 24;
  private static final int STRING_BYTES = 48;
  private static final int PAIR_BYTES = 24;
  private static final int COLLECTION_BYTES = 48;
  private static final int MAP_BYTES = 64;
  private static final int REFERENCE_BYTES = 6;
  private static final int MAP_ENTRY_BYTES = 48;

  /** What a typical component of a collection takes when encoded: few bytes, to be careful. */
  private static final int TYPICAL_ENCODED_BYTES = 6;

  /** For coders that say nothing of what their objects are like. */
  private static final ObjectSize UNKNOWN = new ObjectSize(64, 4);

  /** Its encoding names every class and field, so objects are no larger than that. */
  private static final ObjectSize SERIALIZABLE = new ObjectSize(32, 1);

  /** Returns the estimate for what a coder encodes. */
  public static ObjectSize of(Coder<?> coder) {
    ObjectSize simple = ofSimple(coder);
    if (simple != null) {
      return simple;
    }
    if (coder instanceof NullableCoder<?> nullable) {
      return of(nullable.getValueCoder());
    }
    if (coder instanceof LengthPrefixCoder<?> prefixed) {
      return of(prefixed.getValueCoder());
    }
    if (coder instanceof DelegateCoder<?, ?> delegate) {
      return of(delegate.getCoder());
    }
    if (coder instanceof KvCoder<?, ?> pair) {
      return together(PAIR_BYTES, of(pair.getKeyCoder()), of(pair.getValueCoder()));
    }
    if (coder instanceof IterableLikeCoder<?, ?> many) {
      return collection(COLLECTION_BYTES, REFERENCE_BYTES, of(many.getElemCoder()));
    }
    if (coder instanceof MapCoder<?, ?> map) {
      return map(map.getKeyCoder(), map.getValueCoder());
    }
    if (coder instanceof SortedMapCoder<?, ?> map) {
      return map(map.getKeyCoder(), map.getValueCoder());
    }
    List<? extends Coder<?>> parts = coder.getCoderArguments();
    ObjectSize[] sizes = parts.stream().map(ObjectSize::of).toArray(ObjectSize[]::new);
    return sizes.length == 0 ? UNKNOWN : together(UNKNOWN.fixedBytes, sizes);
  }

  private static @Nullable ObjectSize ofSimple(Coder<?> coder) {
    if (coder instanceof StringUtf8Coder) {
      return new ObjectSize(STRING_BYTES, 1.5);
    }
    if (coder instanceof ByteArrayCoder) {
      return new ObjectSize(HEADER_BYTES + 4, 1);
    }
    if (coder instanceof VoidCoder || coder instanceof BooleanCoder || coder instanceof ByteCoder) {
      return new ObjectSize(0, 0);
    }
    if (coder instanceof SerializableCoder) {
      return SERIALIZABLE;
    }
    boolean box =
        coder instanceof VarLongCoder
            || coder instanceof VarIntCoder
            || coder instanceof BigEndianLongCoder
            || coder instanceof BigEndianIntegerCoder
            || coder instanceof BigEndianShortCoder
            || coder instanceof DoubleCoder
            || coder instanceof FloatCoder
            || coder instanceof InstantCoder;
    return box ? new ObjectSize(BOX_BYTES, 0) : null;
  }

  /** An object of several parts, of which nobody knows which of them the bytes belong to. */
  private static ObjectSize together(int own, ObjectSize... parts) {
    int fixed = own;
    double perByte = 0;
    for (ObjectSize part : parts) {
      fixed += part.fixedBytes;
      perByte = Math.max(perByte, part.bytesPerEncodedByte);
    }
    return new ObjectSize(fixed, perByte);
  }

  private static ObjectSize map(Coder<?> key, Coder<?> value) {
    return collection(MAP_BYTES, MAP_ENTRY_BYTES, together(0, of(key), of(value)));
  }

  private static ObjectSize collection(int own, int perElement, ObjectSize element) {
    double each = (double) (perElement + element.fixedBytes) / TYPICAL_ENCODED_BYTES;
    return new ObjectSize(own, element.bytesPerEncodedByte + each);
  }

  /** Returns the size on the heap of an object whose encoding has this number of bytes. */
  public long bytes(int encodedBytes) {
    return fixedBytes + (long) (encodedBytes * bytesPerEncodedByte);
  }
}
