package dev.sluice.state.key;

import dev.sluice.state.error.StateCodingException;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.ByteCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * The {@link KeyHasher} of every coder: bytes are hashed as they are produced, and for the coders
 * known here they are never produced at all.
 *
 * <p>Owned by one task's thread. What is always true: the hash equals that of the bytes which the
 * coder writes in its nested form; a property test holds each known coder to it. A coder is known
 * by its exact class, so that a subclass with another encoding takes the general way.
 */
final class StreamingKeyHasher<K> implements KeyHasher<K> {
  /** Puts the encoding of one value into the hash. */
  private interface Putter {
    void put(@Nullable Object value, Murmur3 hash) throws IOException;
  }

  private final Murmur3 hash = new Murmur3();
  private final Coder<K> coder;
  private final Putter putter;

  StreamingKeyHasher(Coder<K> coder) {
    this.coder = coder;
    this.putter = putterOf(coder);
  }

  @Override
  public int hash(@Nullable K key) {
    hash.reset();
    try {
      putter.put(key, hash);
    } catch (Throwable e) {
      throw StateCodingException.encoding("key", key, coder, e);
    }
    return hash.finish();
  }

  private static Putter putterOf(Coder<?> coder) {
    Class<?> kind = coder.getClass();
    if (kind == VarLongCoder.class) {
      return (value, hash) -> hash.putVarLong((Long) given(value));
    } else if (kind == BigEndianLongCoder.class) {
      return (value, hash) -> hash.putLongBigEndian((Long) given(value));
    } else if (kind == VarIntCoder.class) {
      return (value, hash) -> hash.putVarInt((Integer) given(value));
    } else if (kind == BigEndianIntegerCoder.class) {
      return (value, hash) -> hash.putIntBigEndian((Integer) given(value));
    } else if (kind == StringUtf8Coder.class) {
      return (value, hash) -> hash.putUtf8WithLength((String) given(value));
    } else if (kind == ByteArrayCoder.class) {
      return (value, hash) -> putByteArray((byte[]) given(value), hash);
    } else if (kind == ByteCoder.class) {
      return (value, hash) -> hash.putByte((Byte) given(value));
    } else if (kind == BooleanCoder.class) {
      return (value, hash) -> hash.putByte((Boolean) given(value) ? 1 : 0);
    } else if (kind == InstantCoder.class) {
      // Shifted so that the bytes sort as the instants do.
      return (value, hash) ->
          hash.putLongBigEndian(((Instant) given(value)).getMillis() ^ Long.MIN_VALUE);
    } else if (kind == VoidCoder.class) {
      return (value, hash) -> {};
    }
    return compositeOf(coder);
  }

  private static Putter compositeOf(Coder<?> coder) {
    if (coder.getClass() == KvCoder.class) {
      KvCoder<?, ?> kvCoder = (KvCoder<?, ?>) coder;
      Putter first = putterOf(kvCoder.getKeyCoder());
      Putter second = putterOf(kvCoder.getValueCoder());
      return (value, hash) -> {
        KV<?, ?> kv = (KV<?, ?>) given(value);
        first.put(kv.getKey(), hash);
        second.put(kv.getValue(), hash);
      };
    } else if (coder.getClass() == NullableCoder.class) {
      Putter present = putterOf(((NullableCoder<?>) coder).getValueCoder());
      return (value, hash) -> {
        hash.putByte(value == null ? 0 : 1);
        if (value != null) {
          present.put(value, hash);
        }
      };
    }
    return encodingOf(coder);
  }

  private static <T> Putter encodingOf(Coder<T> coder) {
    HashingStream stream = new HashingStream();
    return (value, hash) -> {
      stream.target = hash;
      @SuppressWarnings("unchecked") // a hasher is handed the values of its coder
      T typed = (T) value;
      coder.encode(typed, stream);
    };
  }

  private static void putByteArray(byte[] bytes, Murmur3 hash) {
    hash.putVarInt(bytes.length);
    hash.putBytes(bytes, 0, bytes.length);
  }

  private static Object given(@Nullable Object value) throws IOException {
    if (value == null) {
      throw new IOException("this coder does not encode null");
    }
    return value;
  }

  /** Takes the bytes that a coder writes straight into the hash. */
  private static final class HashingStream extends OutputStream {
    private Murmur3 target = new Murmur3();

    @Override
    public void write(int b) {
      target.putByte(b);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      target.putBytes(bytes, from, count);
    }
  }
}
