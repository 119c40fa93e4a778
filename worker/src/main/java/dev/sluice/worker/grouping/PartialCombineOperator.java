package dev.sluice.worker.grouping;

import dev.sluice.state.KeyHasher;
import dev.sluice.translation.Node;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.Receiver;
import java.util.Collection;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;

/**
 * Combines by key and window within a bundle, before the exchange.
 *
 * <p>Owned by one task's stage.
 */
final class PartialCombineOperator implements GroupingOperator {
  private final Receiver output;
  private final KeyHasher<Object> hasher;
  private long watermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  PartialCombineOperator(OperatorContext context, Node.PartialCombine node, Receiver output) {
    this.output = output;
    this.hasher = KeyHasher.of(GroupingInput.keyed(context.components(), node.input()).keyCoder());
  }

  @Override
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    int keyHash = hasher.hash(((KV<?, ?>) value).getKey());
    output.receiveKeyed(value, keyHash, false, timestampMs, windows, pane);
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
