package dev.sluice.worker.pardo;

import java.util.Collection;
import java.util.Objects;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;

/**
 * The {@code ProcessContext} of a DoFn: one object, which shows the element of the {@link Call}.
 */
final class ElementContext extends DoFn<Object, Object>.ProcessContext {
  private final Call call;
  private final DoFnArguments arguments;

  ElementContext(DoFn<Object, Object> fn, Call call, DoFnArguments arguments) {
    fn.super();
    this.call = call;
    this.arguments = arguments;
  }

  @Override
  public PipelineOptions getPipelineOptions() {
    return arguments.pipelineOptions();
  }

  @Override
  public Object element() {
    return call.element;
  }

  @Override
  public <T> T sideInput(PCollectionView<T> view) {
    return arguments.sideInput(
        Objects.requireNonNull(view, "View passed to sideInput cannot be null"));
  }

  @Override
  public Instant timestamp() {
    return call.timestamp();
  }

  @Override
  public PaneInfo pane() {
    return call.pane;
  }

  @Override
  public String currentRecordId() {
    return null;
  }

  @Override
  public Long currentRecordOffset() {
    return null;
  }

  @Override
  public CausedByDrain causedByDrain() {
    return call.causedByDrain();
  }

  @Override
  public void output(Object output) {
    call.emit(output);
  }

  @Override
  public <T> void output(TupleTag<T> tag, T output) {
    call.emit(Objects.requireNonNull(tag, "Tag passed to output cannot be null"), output);
  }

  @Override
  public void outputWithTimestamp(Object output, Instant timestamp) {
    call.emit(call.outputs.main(), output, timestamp, call.windows, call.pane);
  }

  @Override
  public <T> void outputWithTimestamp(TupleTag<T> tag, T output, Instant timestamp) {
    Objects.requireNonNull(tag, "Tag passed to outputWithTimestamp cannot be null");
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
