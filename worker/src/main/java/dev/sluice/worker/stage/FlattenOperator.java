package dev.sluice.worker.stage;

import dev.sluice.worker.record.Receiver;
import java.util.Collection;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/** Several PCollections of one stage as one; passes on whatever comes. */
public final class FlattenOperator implements Operator, Receiver {
  private final Receiver output;
  private long watermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  public FlattenOperator(Receiver output) {
    this.output = output;
  }

  @Override
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    output.receive(value, timestampMs, windows, pane);
  }

  @Override
  public void advanceWatermark(long inputWatermarkMs) {
    watermarkMs = inputWatermarkMs;
  }

  @Override
  public long outputWatermarkMs() {
    return watermarkMs;
  }
}
