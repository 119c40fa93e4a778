package dev.sluice.worker.stage;

import dev.sluice.worker.record.Batch;
import dev.sluice.worker.record.Receiver;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/** Gives each element of a PCollection to all who read it, in order; to nobody if nobody does. */
public final class Receivers implements Receiver {
  private final Receiver[] receivers;

  private Receivers(List<Receiver> receivers) {
    this.receivers = receivers.toArray(Receiver[]::new);
  }

  /** The one receiver itself if there is but one. */
  public static Receiver of(List<Receiver> receivers) {
    return receivers.size() == 1 ? receivers.get(0) : new Receivers(receivers);
  }

  @Override
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    for (Receiver receiver : receivers) {
      receiver.receive(value, timestampMs, windows, pane);
    }
  }

  @Override
  public void expect(Batch batch) {
    for (Receiver receiver : receivers) {
      receiver.expect(batch);
    }
  }

  @Override
  public void receiveKeyed(
      Object value,
      int keyHash,
      boolean accumulated,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    for (Receiver receiver : receivers) {
      receiver.receiveKeyed(value, keyHash, accumulated, timestampMs, windows, pane);
    }
  }
}
