package dev.sluice.worker.pardo;

import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.EndOfTime;
import java.util.Collections;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;

/** The contexts of {@code @StartBundle} and {@code @FinishBundle}, one object each per DoFn. */
final class BundleContexts {
  private BundleContexts() {}

  /** Shows the options only. */
  static final class Start extends DoFn<Object, Object>.StartBundleContext {
    private final PipelineOptions options;

    Start(DoFn<Object, Object> fn, PipelineOptions options) {
      fn.super();
      this.options = options;
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return options;
    }
  }

  /** Takes outputs that name their timestamp and window themselves. */
  static final class Finish extends DoFn<Object, Object>.FinishBundleContext {
    private final Call call;
    private final PipelineOptions options;

    Finish(DoFn<Object, Object> fn, Call call, PipelineOptions options) {
      fn.super();
      this.call = call;
      this.options = options;
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return options;
    }

    @Override
    public void output(Object output, Instant timestamp, BoundedWindow window) {
      send(call.outputs.main(), output, timestamp, window);
    }

    @Override
    public <T> void output(TupleTag<T> tag, T output, Instant timestamp, BoundedWindow window) {
      send(call.outputs.of(tag), output, timestamp, window);
    }

    private void send(Receiver receiver, Object value, Instant timestamp, BoundedWindow window) {
      EndOfTime.checkElement(timestamp.getMillis());
      call.send(
          receiver,
          value,
          timestamp.getMillis(),
          Collections.singletonList(window),
          PaneInfo.NO_FIRING);
    }
  }
}
