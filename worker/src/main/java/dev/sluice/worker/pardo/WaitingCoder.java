package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.DrainedWindows;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;

/**
 * Codes an element that waits in a task's state: all that Beam's own coder of windowed values does,
 * and whether the element exists because of a drain, which that one leaves out unless the whole JVM
 * is configured otherwise.
 *
 * <p>Immutable.
 */
final class WaitingCoder extends StructuredCoder<WindowedValue<Object>> {
  private static final long serialVersionUID = 1;

  private final Coder<WindowedValue<Object>> rest;

  private WaitingCoder(Coder<WindowedValue<Object>> rest) {
    this.rest = rest;
  }

  static WaitingCoder of(ParDoSpec spec) {
    return new WaitingCoder(WindowedValues.getFullCoder(spec.inputCoder(), spec.windowCoder()));
  }

  @Override
  public void encode(WindowedValue<Object> element, OutputStream out) throws IOException {
    BooleanCoder.of().encode(element.causedByDrain() == CausedByDrain.CAUSED_BY_DRAIN, out);
    rest.encode(element, out);
  }

  @Override
  public WindowedValue<Object> decode(InputStream in) throws IOException {
    boolean drained = BooleanCoder.of().decode(in);
    WindowedValue<Object> element = rest.decode(in);
    return drained
        ? WindowedValues.builder(element).setCausedByDrain(DrainedWindows.cause(true)).build()
        : element;
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(rest);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    rest.verifyDeterministic();
  }
}
