package dev.sluice.worker.source;

import dev.sluice.state.TaskValue;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.SourceOperator;
import java.io.IOException;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.TestStreamTranslation;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * {@code beam:transform:teststream:v1}: plays its events, each once the job is quiescent after the
 * one before.
 *
 * <p>Owned by its task, which is the only one of its stage. Its position, its watermark and its
 * clock are in state.
 */
final class TestStreamOperator implements SourceOperator {
  private final OperatorContext context;
  private final Emission emission;
  private final List<TestStream.Event<Object>> events;
  private final TaskValue<Long> position;
  private final TaskValue<Long> watermarkMs;
  private final TaskValue<Long> clockMs;
  private boolean waiting;

  TestStreamOperator(OperatorContext context, Receiver output) {
    this.context = context;
    this.emission = new Emission(context, output);
    this.events = read(context).getEvents();
    this.position = value("position");
    this.watermarkMs = value("watermark");
    this.clockMs = value("clock");
  }

  private TaskValue<Long> value(String id) {
    return context.task().state().value(context.transformName(), id, 0, VarLongCoder.of());
  }

  private static TestStream<Object> read(OperatorContext context) {
    try {
      return TestStreamTranslation.testStreamFromProtoPayload(
          RunnerApi.TestStreamPayload.parseFrom(
              context.components().transform(context.transformId()).getSpec().getPayload()),
          context.components().rehydrated());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "the payload of TestStream '" + context.transformName() + "' cannot be read", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the coder of TestStream '" + context.transformName() + "' cannot be read", e);
    }
  }

  private static long orElse(TaskValue<Long> value, long initial) {
    Long there = value.get();
    return there == null ? initial : there;
  }

  @Override
  public void open() {
    Long now = clockMs.get();
    if (now != null) {
      context.task().services().setJobClock(now);
    }
    if (position.get() != null) {
      // It resumes from a checkpoint, and the restored watermark must come before what is next.
      rest();
    }
  }

  @Override
  public Polled poll(int limit) {
    if (waiting) {
      return Polled.IDLE;
    }
    int next = (int) orElse(position, 0);
    if (next == events.size()) {
      return Polled.ENDED;
    }
    emission.callSource(
        () -> {
          play(events.get(next));
          return null;
        });
    position.set(next + 1L);
    rest();
    return Polled.RECORDS;
  }

  /** Plays nothing until the job is quiescent. */
  private void rest() {
    waiting = true;
    context.task().services().awaitQuiescence(() -> waiting = false);
  }

  private void play(TestStream.Event<Object> event) {
    if (event instanceof TestStream.ElementEvent<Object> elements) {
      for (TimestampedValue<Object> element : elements.getElements()) {
        emission.emit(element.getValue(), element.getTimestamp().getMillis());
      }
    } else if (event instanceof TestStream.WatermarkEvent<Object> watermark) {
      watermarkMs.set(watermark.getWatermark().getMillis());
    } else if (event instanceof TestStream.ProcessingTimeEvent<Object> advance) {
      long now =
          orElse(clockMs, BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis())
              + advance.getProcessingTimeAdvance().getMillis();
      clockMs.set(now);
      context.task().services().setJobClock(now);
    } else {
      throw new IllegalStateException(
          "TestStream '" + context.transformName() + "' has an unknown event: " + event);
    }
  }

  @Override
  public long outputWatermarkMs() {
    return orElse(position, 0) == events.size() && !waiting
        ? BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()
        : orElse(watermarkMs, BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());
  }
}
