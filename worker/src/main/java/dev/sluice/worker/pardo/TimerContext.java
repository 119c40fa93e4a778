package dev.sluice.worker.pardo;

import java.util.Collection;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;

/** The {@code OnTimerContext} of a DoFn: one object, which shows the timer that fires now. */
final class TimerContext extends DoFn<Object, Object>.OnTimerContext {
  private final Call call;
  private final DoFnArguments arguments;

  TimerContext(DoFn<Object, Object> fn, Call call, DoFnArguments arguments) {
    fn.super();
    this.call = call;
    this.arguments = arguments;
  }

  @Override
  public Instant timestamp() {
    return call.timestamp();
  }

  @Override
  public Instant fireTimestamp() {
    return arguments.firing().getTimestamp();
  }

  @Override
  public TimeDomain timeDomain() {
    return arguments.firing().getDomain();
  }

  @Override
  public CausedByDrain causedByDrain() {
    return call.causedByDrain();
  }

  @Override
  public PipelineOptions getPipelineOptions() {
    return arguments.pipelineOptions();
  }

  @Override
  public BoundedWindow window() {
    return call.window();
  }

  @Override
  public void output(Object output) {
    call.emit(output);
  }

  @Override
  public <T> void output(TupleTag<T> tag, T output) {
    call.emit(tag, output);
  }

  @Override
  public void outputWithTimestamp(Object output, Instant timestamp) {
    call.emit(call.outputs.main(), output, timestamp, call.windows, call.pane);
  }

  @Override
  public <T> void outputWithTimestamp(TupleTag<T> tag, T output, Instant timestamp) {
    call.emit(call.outputs.of(tag), output, timestamp, call.windows, call.pane);
  }

  @Override
  public void outputWindowedValue(
      Object output,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo paneInfo) {
    call.emit(call.outputs.main(), output, timestamp, windows, paneInfo);
  }

  @Override
  public <T> void outputWindowedValue(
      TupleTag<T> tag,
      T output,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo paneInfo) {
    call.emit(call.outputs.of(tag), output, timestamp, windows, paneInfo);
  }

  @Override
  public void outputWindowedValue(WindowedValue<Object> windowedValue) {
    call.emit(call.outputs.main(), windowedValue);
  }

  @Override
  public <T> void outputWindowedValue(TupleTag<T> tag, WindowedValue<T> windowedValue) {
    call.emit(call.outputs.of(tag), windowedValue);
  }
}
