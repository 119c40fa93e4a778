package dev.sluice.worker.pardo;

import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.DrainedWindows;
import java.util.Collection;
import java.util.Collections;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;

/**
 * What the DoFn is called with at this moment, and the way its outputs take from there.
 *
 * <p>One per operator, overwritten by every call: a call of a DoFn never nests in another call of
 * the same DoFn, because the transforms of a stage form no cycle. Always true: {@link
 * #downstreamFailure} is what a transform further down threw through this DoFn, so that nobody
 * takes it for the user's.
 */
final class Call {
  private static final long MIN_MS = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private static final long MAX_MS = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  final Outputs outputs;
  final TimestampRule timestamps;
  private final Receiver main;

  Object element;
  long timestampMs;
  Collection<? extends BoundedWindow> windows;
  PaneInfo pane;
  Throwable downstreamFailure;
  private Instant timestamp;
  private BoundedWindow window;
  private boolean drained;

  Call(Outputs outputs, TimestampRule timestamps) {
    this.outputs = outputs;
    this.timestamps = timestamps;
    this.main = outputs.main();
  }

  /** An element that is processed in all of its windows at once. */
  @SuppressWarnings(
      "ReferenceEquality") // whether a field must be stored is not a matter of equality
  void begin(
      Object element,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    this.element = element;
    this.timestampMs = timestampMs;
    // Mostly they stay the same, and to look is cheaper than the collector's share in a store.
    if (this.windows != windows) {
      this.windows = windows;
    }
    if (this.pane != pane) {
      this.pane = pane;
    }
    if (this.timestamp != null) {
      this.timestamp = null;
    }
    if (this.window != null) {
      this.window = null;
    }
  }

  /** Whether what begins next in one window exists because of a drain. */
  void drained(boolean isIt) {
    drained = isIt;
  }

  /** Why what begins next in one window exists. */
  CausedByDrain cause() {
    return DrainedWindows.cause(drained);
  }

  /** Whether the current element or timer exists because of a drain. */
  CausedByDrain causedByDrain() {
    return DrainedWindows.cause(windows);
  }

  /** An element, timer or expiration in one window; {@code windows} holds just that. */
  void begin(
      Object element,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      BoundedWindow newWindow,
      PaneInfo pane) {
    begin(element, timestampMs, drained ? DrainedWindows.of(windows, true) : windows, pane);
    window = newWindow;
  }

  /** The start or end of a bundle: no element, and outputs name their own window. */
  void beginBundleMethod() {
    begin(null, MIN_MS, Collections.emptyList(), PaneInfo.NO_FIRING);
  }

  Instant timestamp() {
    if (timestamp == null) {
      timestamp = Instant.ofEpochMilli(timestampMs);
    }
    return timestamp;
  }

  BoundedWindow window() {
    if (window == null) {
      if (windows.size() != 1) {
        throw new IllegalStateException("one window is asked for, but there are " + windows);
      }
      window = windows.iterator().next();
    }
    return window;
  }

  /** Emits to the main output as the input came. */
  void emit(Object value) {
    emit(main, value);
  }

  /** Emits to any output as the input came. */
  void emit(TupleTag<?> tag, Object value) {
    emit(outputs.of(tag), value);
  }

  /** Emits as the input came. */
  void emit(Receiver receiver, Object value) {
    if (timestampMs >= MAX_MS) {
      // A timer without an output timestamp holds nothing, so it has no time to output at either.
      timestamps.check(timestampMs, timestampMs);
    }
    send(receiver, value, timestampMs, windows, pane);
  }

  /** Emits with all that a user may choose, after checking the timestamp. */
  void emit(
      Receiver receiver,
      Object value,
      Instant at,
      Collection<? extends BoundedWindow> in,
      PaneInfo withPane) {
    long atMs = at.getMillis();
    timestamps.check(timestampMs, atMs);
    send(receiver, value, atMs, in, withPane);
  }

  /** Emits what a builder has put together. */
  void emit(Receiver receiver, WindowedValue<?> built) {
    emit(
        receiver,
        built.getValue(),
        built.getTimestamp(),
        DrainedWindows.of(built.getWindows(), built.causedByDrain()),
        built.getPaneInfo());
  }

  /** Emits without looking at the input's timestamp: from the end of a bundle. */
  void send(
      Receiver receiver,
      Object value,
      long atMs,
      Collection<? extends BoundedWindow> in,
      PaneInfo withPane) {
    try {
      receiver.receive(value, atMs, in, withPane);
    } catch (Throwable t) {
      downstreamFailure = t;
      throw t;
    }
  }
}
