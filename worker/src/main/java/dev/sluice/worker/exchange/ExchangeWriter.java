package dev.sluice.worker.exchange;

import dev.sluice.protocol.Barrier;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.translation.Exchange;
import dev.sluice.worker.record.Receiver;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;

/**
 * A producer task's side of one exchange: chooses which consumer task gets an element, and gathers
 * batches for it.
 *
 * <p>Owned by the producer's task.
 */
public final class ExchangeWriter implements Receiver {
  private final Exchange exchange;
  private final Outlet[] outlets;
  private final KeyHasher<Object> hasher;
  private final int[] ownerByGroup;
  private int next;

  /**
   * @param channels to the consumer's tasks, in the order of their index; for {@link
   *     Exchange.Kind#FORWARD} the one channel to the task that corresponds
   * @param hasher hashes the keys of a {@link Exchange.Kind#HASH} exchange; null for the others
   * @param size says how many of the elements a batch should hold
   * @param first where round-robin starts, so that many producers do not all start at the same
   *     consumer
   */
  public ExchangeWriter(
      Exchange exchange,
      List<ChannelWriter> channels,
      KeyHasher<Object> hasher,
      BatchSize size,
      int first,
      Room room) {
    this.exchange = exchange;
    this.outlets =
        channels.stream().map(channel -> new Outlet(channel, size, room)).toArray(Outlet[]::new);
    this.hasher = hasher;
    this.next = first % outlets.length;
    this.ownerByGroup = new int[KeyGroups.COUNT];
    for (int group = 0; group < KeyGroups.COUNT; group++) {
      ownerByGroup[group] = KeyGroups.ownerOf(group, outlets.length);
    }
  }

  /** The exchange it writes to. */
  public Exchange exchange() {
    return exchange;
  }

  @Override
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    switch (exchange.kind()) {
      case HASH ->
          receiveKeyed(
              value, hasher.hash(((KV<?, ?>) value).getKey()), false, timestampMs, windows, pane);
      case FORWARD, GATHER -> outlets[0].add(value, 0, false, timestampMs, windows, pane);
      case REBALANCE -> {
        outlets[next].add(value, 0, false, timestampMs, windows, pane);
        next = next + 1 == outlets.length ? 0 : next + 1;
      }
      case BROADCAST -> {
        for (Outlet outlet : outlets) {
          outlet.add(value, 0, false, timestampMs, windows, pane);
        }
      }
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
    if (exchange.kind() == Exchange.Kind.HASH) {
      outlets[ownerByGroup[KeyGroups.groupOf(keyHash)]].add(
          value, keyHash, accumulated, timestampMs, windows, pane);
    } else {
      receive(value, timestampMs, windows, pane);
    }
  }

  /** Notes from where on the watermark is what it is because of a drain; sent with it. */
  public void drainedFrom(long ms) {
    for (Outlet outlet : outlets) {
      outlet.drainedFrom(ms);
    }
  }

  /**
   * Notes the watermark of what it writes; sent with the next batch or {@link #flush}.
   *
   * @param idle whether nothing is to be expected for the time being
   */
  public void watermark(long ms, boolean idle) {
    for (Outlet outlet : outlets) {
      outlet.watermark(ms, idle);
    }
  }

  /** Sends a barrier behind all that was written. */
  public void barrier(long checkpoint, Barrier barrier) {
    for (Outlet outlet : outlets) {
      outlet.control(new ControlItem.BarrierItem(checkpoint, barrier));
    }
  }

  /** Whether a consumer has asked how far this task is. */
  public boolean asked() {
    boolean any = false;
    for (Outlet outlet : outlets) {
      any |= outlet.asked();
    }
    return any;
  }

  /** Answers those that had asked when {@link #asked} was called, behind all that was written. */
  public void answer() {
    for (Outlet outlet : outlets) {
      outlet.answer();
    }
  }

  /** Sends the end behind all that was written. */
  public void end() {
    for (Outlet outlet : outlets) {
      outlet.control(new ControlItem.End());
    }
  }

  /**
   * Sends partial batches and watermarks; false if something had no room and must be flushed later.
   */
  public boolean flush() {
    boolean all = true;
    for (Outlet outlet : outlets) {
      all &= outlet.flush();
    }
    return all;
  }

  /** How many items it has put into its channels. */
  public long sent() {
    long sum = 0;
    for (Outlet outlet : outlets) {
      sum += outlet.sent();
    }
    return sum;
  }
}
