package dev.sluice.worker.source;

import dev.sluice.state.TaskValue;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.SourceOperator;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * {@code beam:transform:impulse:v1}: one empty byte array at the start of time. Runs in one task.
 */
final class ImpulseOperator implements SourceOperator {
  private final Emission emission;
  private final TaskValue<Boolean> emitted;

  ImpulseOperator(OperatorContext context, Receiver output) {
    this.emission = new Emission(context, output);
    this.emitted =
        context.task().state().value(context.transformName(), "emitted", 0, BooleanCoder.of());
  }

  @Override
  public Polled poll(int limit) {
    if (emitted.get() != null) {
      return Polled.ENDED;
    }
    return emission.callSource(
        () -> {
          emission.emit(new byte[0], BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());
          emitted.set(true);
          return Polled.RECORDS;
        });
  }

  @Override
  public long outputWatermarkMs() {
    return emitted.get() != null
        ? BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()
        : BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  }
}
