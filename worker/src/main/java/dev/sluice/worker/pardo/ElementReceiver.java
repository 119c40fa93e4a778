package dev.sluice.worker.pardo;

import dev.sluice.worker.record.Receiver;
import java.util.Collection;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.WindowedValueReceiver;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/**
 * The {@code OutputReceiver} parameter for one output; one object serves every call.
 *
 * <p>Only {@link #builder} allocates: the plain outputs go straight to the {@link Call}.
 */
final class ElementReceiver implements OutputReceiver<Object>, WindowedValueReceiver<Object> {
  private final Call call;
  private final Receiver receiver;

  ElementReceiver(Call call, Receiver receiver) {
    this.call = call;
    this.receiver = receiver;
  }

  @Override
  public void output(Object value) {
    call.emit(receiver, value);
  }

  @Override
  public void outputWithTimestamp(Object value, Instant timestamp) {
    call.emit(receiver, value, timestamp, call.windows, call.pane);
  }

  @Override
  public void outputWindowedValue(
      Object value, Instant timestamp, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    call.emit(receiver, value, timestamp, windows, pane);
  }

  @Override
  public OutputBuilder<Object> builder(Object value) {
    return WindowedValues.<Object>builder()
        .setValue(value)
        .setTimestamp(call.timestamp())
        .setWindows(call.windows)
        .setPaneInfo(call.pane)
        .setCausedByDrain(call.causedByDrain())
        .setReceiver(this);
  }

  @Override
  public void output(WindowedValue<Object> built) {
    call.emit(receiver, built);
  }
}
