package dev.sluice.worker.source;

import dev.sluice.worker.stage.SourceOperator;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/** A source of nothing: ends at once. */
final class EmptyOperator implements SourceOperator {
  @Override
  public Polled poll(int limit) {
    return Polled.ENDED;
  }

  @Override
  public long outputWatermarkMs() {
    return BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  }
}
