package dev.sluice.state.entry;

import dev.sluice.state.error.StateCodingException;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;

/**
 * Reads what {@link dev.sluice.state.log.Bytes} has written.
 *
 * <p>Owned by one thread.
 */
public final class ByteReader {
  private final byte[] bytes;
  private int at;

  public ByteReader(byte[] bytes, int from) {
    this.bytes = bytes;
    this.at = from;
  }

  public int position() {
    return at;
  }

  public boolean atEnd() {
    return at == bytes.length;
  }

  public int readByte() {
    return bytes[at++] & 0xFF;
  }

  public int readInt() {
    at += 4;
    return ByteBuffer.wrap(bytes).getInt(at - 4);
  }

  public long readLong() {
    at += 8;
    return ByteBuffer.wrap(bytes).getLong(at - 8);
  }

  public int readVarInt() {
    int number = 0;
    int shift = 0;
    while (true) {
      int b = bytes[at++];
      number |= (b & 0x7F) << shift;
      if (b >= 0) {
        return number;
      }
      shift += 7;
    }
  }

  public byte[] read(int count) {
    at += count;
    return Arrays.copyOfRange(bytes, at - count, at);
  }

  public byte[] readWithLength() {
    return read(readVarInt());
  }

  public void skip(int count) {
    at += count;
  }

  /** Decodes the next {@code count} bytes. */
  public <T> T decode(int count, Coder<T> coder, String what) {
    at += count;
    try {
      return coder.decode(new ByteArrayInputStream(bytes, at - count, count));
    } catch (Throwable e) {
      throw StateCodingException.decoding(what, coder, e);
    }
  }

  /** Decodes an object whose encoding says itself where it ends. */
  public <T> T decodeNested(Coder<T> coder, String what) {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes, at, bytes.length - at);
    try {
      T object = coder.decode(in);
      at = bytes.length - in.available();
      return object;
    } catch (Throwable e) {
      throw StateCodingException.decoding(what, coder, e);
    }
  }

  public <T> T decodeWithLength(Coder<T> coder, String what) {
    return decode(readVarInt(), coder, what);
  }

  public <T> T decodeRest(Coder<T> coder, String what) {
    return decode(bytes.length - at, coder, what);
  }
}
