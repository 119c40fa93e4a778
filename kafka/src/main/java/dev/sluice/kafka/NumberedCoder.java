package dev.sluice.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.coders.VarLongCoder;

/** Encodes a {@link Numbered}: writer, number, value. Immutable. */
final class NumberedCoder<T> extends StructuredCoder<Numbered<T>> {
  private static final StringUtf8Coder WRITER = StringUtf8Coder.of();
  private static final VarLongCoder NUMBER = VarLongCoder.of();

  private final Coder<T> value;

  NumberedCoder(Coder<T> value) {
    this.value = value;
  }

  @Override
  public void encode(Numbered<T> numbered, OutputStream out) throws IOException {
    WRITER.encode(numbered.writer(), out);
    NUMBER.encode(numbered.number(), out);
    value.encode(numbered.value(), out);
  }

  @Override
  public Numbered<T> decode(InputStream in) throws IOException {
    return new Numbered<>(WRITER.decode(in), NUMBER.decode(in), value.decode(in));
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(value);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    verifyDeterministic(this, "the value must be encoded the same way each time", value);
  }
}
