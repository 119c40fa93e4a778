package dev.sluice.worker.pardo;

import java.util.Collection;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/** An {@code OutputReceiver} of rows, which become elements of the output's own type. */
final class RowReceiver implements OutputReceiver<Row> {
  private final Call call;
  private final ElementReceiver elements;
  private final SchemaCoder<Object> coder;

  RowReceiver(Call call, ElementReceiver elements, SchemaCoder<Object> coder) {
    this.call = call;
    this.elements = elements;
    this.coder = coder;
  }

  @Override
  public void output(Row row) {
    elements.output(element(row));
  }

  @Override
  public void outputWithTimestamp(Row row, Instant timestamp) {
    elements.outputWithTimestamp(element(row), timestamp);
  }

  @Override
  public void outputWindowedValue(
      Row row, Instant timestamp, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    elements.outputWindowedValue(element(row), timestamp, windows, pane);
  }

  @Override
  public OutputBuilder<Row> builder(Row row) {
    return WindowedValues.<Row>builder()
        .setValue(row)
        .setTimestamp(call.timestamp())
        .setWindows(call.windows)
        .setPaneInfo(call.pane)
        .setReceiver(built -> elements.output(built.withValue(element(built.getValue()))));
  }

  private Object element(Row row) {
    return coder.getFromRowFunction().apply(row);
  }
}
