package dev.sluice.worker.grouping;

import dev.sluice.translation.Node;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.DrainedWindows;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.TransformException;
import java.io.IOException;
import java.util.Collection;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;
import org.joda.time.Instant;

/**
 * Assigns windows to elements.
 *
 * <p>Owned by one task's stage; keeps no state. Where the windows depend on the timestamp alone and
 * are known to stay the same for a while ({@link WindowsByTime}), nothing is allocated per element.
 * An element that comes in several windows is assigned again for each of them.
 */
final class AssignWindowsOperator implements GroupingOperator {
  private final String transformName;
  private final Receiver output;
  private final WindowsByTime byTime;
  private final Assigner<?> assigner;
  private long watermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  AssignWindowsOperator(OperatorContext context, Node.AssignWindows node, Receiver output) {
    this.transformName = context.transformName();
    this.output = output;
    WindowFn<?, ?> fn = windowFn(context, node);
    this.byTime = WindowsByTime.of(fn);
    this.assigner = assigner(fn);
  }

  private static WindowFn<?, ?> windowFn(OperatorContext context, Node.AssignWindows node) {
    try {
      return WindowingStrategyTranslation.windowFnFromProto(
          RunnerApi.WindowIntoPayload.parseFrom(
                  context.components().transform(node.transformId()).getSpec().getPayload())
              .getWindowFn());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "transform '%s' has no readable window payload".formatted(context.transformName()), e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Assigner<?> assigner(WindowFn<?, ?> fn) {
    return new Assigner<>((WindowFn<Object, BoundedWindow>) fn);
  }

  @Override
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    if (byTime == null) {
      assign(value, timestampMs, windows, pane);
      return;
    }
    Collection<? extends BoundedWindow> assigned =
        DrainedWindows.of(byTime.windowsAt(timestampMs), DrainedWindows.marks(windows));
    for (int i = assigned.isEmpty() ? 0 : windows.size(); i > 0; i--) {
      output.receive(value, timestampMs, assigned, pane);
    }
  }

  private void assign(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    for (BoundedWindow window : windows) {
      Collection<? extends BoundedWindow> assigned;
      try {
        assigned = assigner.assign(value, timestampMs, window);
      } catch (Throwable e) {
        throw new TransformException(transformName, e);
      }
      if (!assigned.isEmpty()) {
        output.receive(
            value, timestampMs, DrainedWindows.of(assigned, DrainedWindows.marks(windows)), pane);
      }
    }
  }

  @Override
  public void advanceWatermark(long inputWatermarkMs) {
    watermarkMs = inputWatermarkMs;
  }

  @Override
  public long outputWatermarkMs() {
    return watermarkMs;
  }

  /** The one context that the window function is asked with; refilled for each element. */
  private static final class Assigner<W extends BoundedWindow>
      extends WindowFn<Object, W>.AssignContext {
    private final WindowFn<Object, W> fn;
    private Object element;
    private long timestampMs;
    private BoundedWindow window;

    Assigner(WindowFn<Object, W> fn) {
      fn.super();
      this.fn = fn;
    }

    Collection<W> assign(Object value, long valueTimestampMs, BoundedWindow valueWindow)
        throws Exception {
      element = value;
      timestampMs = valueTimestampMs;
      window = valueWindow;
      try {
        return fn.assignWindows(this);
      } finally {
        element = null;
        window = null;
      }
    }

    @Override
    public Object element() {
      return element;
    }

    @Override
    public Instant timestamp() {
      return Instant.ofEpochMilli(timestampMs);
    }

    @Override
    public BoundedWindow window() {
      return window;
    }
  }
}
