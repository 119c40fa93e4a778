package dev.sluice.worker.pardo;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * The side inputs that enter one task, by the exchange that brings them.
 *
 * <p>Owned by the task, whose thread feeds it and whose {@link ParDoOperator}s look into it. Always
 * true: a later pane of a window replaces an earlier one, and a side input that is not ready never
 * stops the task: the elements that wait for it are kept by their operator.
 */
public final class SideInputs {
  private final Map<String, SideInputPanes> byExchange = new LinkedHashMap<>();

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
}
