package dev.sluice.worker.pardo;

import dev.sluice.state.Coded;
import dev.sluice.state.EntryVisitor;
import dev.sluice.state.StateEntry.Column;
import dev.sluice.state.StatePart;
import dev.sluice.state.TaskState;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * The side inputs that enter one task, by the exchange that brings them.
 *
 * <p>Owned by the task, whose thread feeds it and whose {@link ParDoOperator}s look into it. Always
 * true: a later pane of a window replaces an earlier one, and a side input that is not ready never
 * stops the task: the elements that wait for it are kept by their operator. The panes are part of
 * the task's state, in the first of its key groups.
 */
public final class SideInputs implements StatePart {
  private final Map<String, SideInputPanes> byExchange = new LinkedHashMap<>();
  private final int keyGroup;

  /** The side inputs of the task that has this state, which shows them from now on. */
  public SideInputs(TaskState state) {
    this.keyGroup = state.range().first();
    state.register("side inputs", "panes", this);
  }

  /**
   * Takes a pane.
   *
   * @param exchangeId the broadcast exchange it came by
   * @param paneIterable an {@link Iterable} of the elements of the side PCollection
   * @param windows the windows whose content it is
   * @param pane which pane of the windows it is
   */
  public void receive(
      String exchangeId,
      Object paneIterable,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    panes(exchangeId).receive((Iterable<?>) paneIterable, windows, pane);
  }

  /** The side input's watermark has advanced; {@code TIMESTAMP_MAX} at its end. */
  public void advanceWatermark(String exchangeId, long watermarkMs) {
    panes(exchangeId).advanceWatermark(watermarkMs);
  }

  /** What came by one exchange. */
  SideInputPanes panes(String exchangeId) {
    return byExchange.computeIfAbsent(exchangeId, id -> new SideInputPanes());
  }

  @Override
  public void forEachEntry(Column column, EntryVisitor visitor) {
    byExchange.forEach(
        (exchangeId, panes) ->
            panes.forEachEntry(
                keyGroup, column, new Coded<>(exchangeId, StringUtf8Coder.of()), visitor));
  }

  @Override
  public long entryCount() {
    return byExchange.values().stream().mapToLong(SideInputPanes::heldWindows).sum();
  }
}
