package dev.sluice.worker.pardo;

import dev.sluice.state.TaskState;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.worker.stage.WatermarkFloor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * The side inputs that enter one task, by the exchange that brings them.
 *
 * <p>Owned by the task, whose thread feeds it and whose {@link ParDoOperator}s look into it. Always
 * true: a later pane of a window replaces an earlier one, and a side input that is not ready never
 * stops the task: the elements that wait for it are kept by their operator. The panes are saved by
 * one task of the stage and come back to all.
 */
public final class SideInputs {
  private final Map<String, SideInputPanes> byExchange = new LinkedHashMap<>();
  private final TaskState state;
  private final SharedSideInputs shared;
  private final int tasks;

  /** The task that owns this group saves the panes, which all tasks of the stage have alike. */
  static final int KEY_GROUP = 0;

  /**
   * The side inputs of the task that has this state.
   *
   * @param shared what it has in common with the job's other tasks
   * @param tasks how many tasks its stage has
   */
  public SideInputs(TaskState state, SharedSideInputs shared, int tasks) {
    this.state = state;
    this.shared = shared;
    this.tasks = tasks;
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
    byExchange.get(exchangeId).receive((Iterable<?>) paneIterable, windows, pane);
  }

  /** The side input's watermark has advanced; {@code TIMESTAMP_MAX} at its end. */
  public void advanceWatermark(String exchangeId, long watermarkMs) {
    byExchange.get(exchangeId).advanceWatermark(watermarkMs);
  }

  /**
   * What came by one exchange; made when it is asked for first.
   *
   * @param name under which the panes are saved
   * @param windowing of the side input's PCollection
   * @param elementCoder encodes its elements
   */
  SideInputPanes panes(
      String exchangeId,
      StateEntry.Column name,
      WindowingStrategy<?, ?> windowing,
      Coder<Object> elementCoder) {
    SideInputPanes panes = byExchange.get(exchangeId);
    if (panes == null) {
      panes =
          new SideInputPanes(
              exchangeId,
              shared,
              windowing,
              elementCoder,
              tasks,
              state.range().contains(KEY_GROUP),
              new WatermarkFloor(
                  state,
                  name.transformId(),
                  WatermarkFloor.STATE_ID + " of " + name.stateId().substring(1)));
      byExchange.put(exchangeId, panes);
      state.register(name.transformId(), name.stateId(), panes);
    }
    return panes;
  }
}
