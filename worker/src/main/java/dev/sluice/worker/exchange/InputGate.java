package dev.sluice.worker.exchange;

import dev.sluice.protocol.Barrier;
import dev.sluice.translation.Exchange;
import dev.sluice.worker.exchange.Feedback.Credit;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.watermark.Activity;
import dev.sluice.worker.watermark.CombinedWatermark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.metrics.Counter;

/**
 * A consumer task's side of all exchanges into it: takes turns among the channels, keeps each one's
 * watermark and whether it is idle, and aligns barriers.
 *
 * <p>Owned by the consumer's task. Always true: a channel that has delivered the current barrier is
 * not read until all others have delivered it or ended. A newer barrier on any channel takes the
 * place of the one being aligned, which then never completes here; one that was abandoned is
 * dropped.
 */
public final class InputGate {

  /** What the gate hands out; called by {@link #take}. */
  public interface Consumer {
    /** A batch of the main input, in order with what came before. */
    void batch(Exchange exchange, Batch batch);

    /** A batch of a side input. */
    void sideBatch(Exchange exchange, Batch batch);

    /** All channels have delivered this barrier. */
    void barrier(long checkpoint, Barrier barrier);
  }

  private static final class Lane {
    final ChannelReader channel;
    final Exchange exchange;
    final boolean side;
    final Counter elements;
    long watermarkMs = Long.MIN_VALUE;
    boolean idle;
    long drainedFromMs = Long.MAX_VALUE;
    long barrier = -1;
    int credit = Credit.MOST;
    int beforeMark;
    boolean answered = true;
    boolean ended;

    Lane(ChannelReader channel, Exchange exchange, Counter elements) {
      this.channel = channel;
      this.exchange = exchange;
      this.elements = elements;
      this.side = exchange.kind() == Exchange.Kind.BROADCAST;
    }

    void grant(long batches) {
      int most = (int) Math.max(Credit.LEAST, Math.min(batches, Credit.MOST));
      if (most != credit) {
        credit = most;
        channel.send(new Credit(most));
      }
    }
  }

  /** How much work may wait in the channels together. */
  private static final long QUEUED_NANOS = 100_000_000;

  private final LongSupplier nanoTime;
  private final List<Lane> lanes = new ArrayList<>();
  private final CombinedWatermark main = new CombinedWatermark();
  private long batchNanos;
  private int turn;
  private long aligning = -1;
  private Barrier kind;
  private long abandoned = -1;
  private int lanesBeforeMark;
  private long received;

  /**
   * @param nanoTime for how long a batch takes
   */
  public InputGate(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Adds a channel of an exchange; before the first {@link #take}.
   *
   * @param elements counts the elements that come by it, a batch at a time
   */
  public void add(Exchange exchange, ChannelReader channel, Counter elements) {
    lanes.add(new Lane(channel, exchange, elements));
  }

  /**
   * Takes what comes next in any channel that may be read, up to a batch, a complete barrier or the
   * last answer to a question. Hands {@code consumer} the batch or the barrier.
   *
   * @return how many records it brought, 0 for control items only, -1 if there was nothing
   */
  public int take(Consumer consumer) {
    int taken = -1;
    for (int tried = 0; tried < lanes.size(); tried++) {
      Lane lane = lanes.get(turn);
      turn = turn + 1 == lanes.size() ? 0 : turn + 1;
      Object item = mayBeRead(lane) ? lane.channel.poll() : null;
      if (item == null) {
        continue;
      }
      received++;
      if (lane.beforeMark > 0 && --lane.beforeMark == 0) {
        lanesBeforeMark--;
      }
      if (item instanceof Batch batch) {
        return batch(lane, batch, consumer);
      }
      if (control(lane, (ControlItem) item, consumer)) {
        return 0;
      }
      taken = 0;
      tried = -1;
    }
    return taken;
  }

  private boolean mayBeRead(Lane lane) {
    return !lane.ended && (lane.barrier < 0 || lane.barrier != aligning);
  }

  private int batch(Lane lane, Batch batch, Consumer consumer) {
    int size = batch.size();
    lane.elements.inc(size);
    lane.idle = false;
    long begin = nanoTime.getAsLong();
    if (lane.side) {
      consumer.sideBatch(lane.exchange, batch);
    } else {
      consumer.batch(lane.exchange, batch);
    }
    lane.channel.giveBack(batch);
    measured(lane, nanoTime.getAsLong() - begin);
    return size;
  }

  /** Takes in how long a batch took: a mean in which the last eight or so count. */
  private void measured(Lane lane, long nanos) {
    batchNanos += (nanos - batchNanos) / 8;
    long all = QUEUED_NANOS / Math.max(1, batchNanos);
    lane.grant(all / lanes.size());
  }

  /** Returns whether something is to be done before more is taken. */
  private boolean control(Lane lane, ControlItem item, Consumer consumer) {
    if (item instanceof ControlItem.Watermark watermark) {
      lane.watermarkMs = watermark.ms();
      lane.drainedFromMs = watermark.drainedFromMs();
      lane.idle = watermark.idle();
      return false;
    } else if (item instanceof ControlItem.Answer) {
      lane.answered = true;
      return answered();
    } else if (item instanceof ControlItem.BarrierItem barrier) {
      align(lane, barrier);
    } else {
      lane.ended = true;
      lane.idle = false;
      lane.watermarkMs = Long.MAX_VALUE;
    }
    return completeAlignment(consumer);
  }

  private void align(Lane lane, ControlItem.BarrierItem item) {
    if (item.checkpoint() > abandoned) {
      lane.barrier = item.checkpoint();
      if (item.checkpoint() > aligning) {
        aligning = item.checkpoint();
        kind = item.barrier();
      }
    }
  }

  private boolean completeAlignment(Consumer consumer) {
    if (aligning < 0 || lanes.stream().anyMatch(lane -> !lane.ended && lane.barrier < aligning)) {
      return false;
    }
    long checkpoint = aligning;
    aligning = -1;
    lanes.forEach(lane -> lane.barrier = -1);
    consumer.barrier(checkpoint, kind);
    return true;
  }

  /** Whether it waits for a barrier that some channel has not delivered. */
  public boolean aligns() {
    return aligning >= 0;
  }

  /** Barriers up to this one are of no interest any more; what waits for one is read on. */
  public void abandonBarrier(long checkpoint) {
    abandoned = Math.max(abandoned, checkpoint);
    if (aligning >= 0 && aligning <= abandoned) {
      aligning = -1;
      lanes.forEach(lane -> lane.barrier = -1);
    }
  }

  /**
   * Begins the handshake of catching up with every producer: what one of them has sent to another
   * of its consumers may not have come here yet.
   */
  public void awaitCatchUp() {
    for (Lane lane : lanes) {
      if (!lane.ended) {
        lane.channel.awaitCatchUp();
      }
    }
  }

  /**
   * Whether all that was in flight at the last {@link #awaitCatchUp} has been taken or waits here.
   */
  public boolean caughtUp() {
    for (Lane lane : lanes) {
      if (!lane.ended && !lane.channel.caughtUp()) {
        return false;
      }
    }
    return true;
  }

  /** Remembers what waits in the channels now. */
  public void mark() {
    lanesBeforeMark = 0;
    for (Lane lane : lanes) {
      lane.beforeMark = lane.ended ? 0 : lane.channel.waiting();
      lanesBeforeMark += lane.beforeMark > 0 ? 1 : 0;
    }
  }

  /**
   * Whether all that waited at the last {@link #mark} has been taken. What waits behind a barrier
   * for the other channels to deliver it has not come yet: they may take long.
   */
  public boolean passedMark() {
    if (lanesBeforeMark == 0 || aligning < 0) {
      return lanesBeforeMark == 0;
    }
    for (Lane lane : lanes) {
      if (lane.beforeMark > 0 && lane.barrier != aligning) {
        return false;
      }
    }
    return true;
  }

  /** Asks the producers of the main input to say when they have done what is before them now. */
  public void ask() {
    for (Lane lane : lanes) {
      if (!lane.side && !lane.ended) {
        lane.answered = false;
        lane.channel.send(new Feedback.Question());
      }
    }
  }

  /** Whether all that were asked have answered, or have ended. */
  public boolean answered() {
    for (Lane lane : lanes) {
      if (!lane.ended && !lane.answered) {
        return false;
      }
    }
    return true;
  }

  /** The least watermark of the main input's channels, idle ones left out if others are not. */
  public long watermarkMs() {
    main.begin();
    for (Lane lane : lanes) {
      if (!lane.side) {
        main.add(lane.watermarkMs, lane.idle);
      }
    }
    main.end();
    return main.watermarkMs();
  }

  /** What is to be expected of the main input, as of the last {@link #watermarkMs}. */
  public Activity activity() {
    return main.activity();
  }

  /** From where on the main input's watermark is what it is because the job was drained. */
  public long drainedFromMs() {
    long least = Long.MAX_VALUE;
    for (Lane lane : lanes) {
      if (!lane.side) {
        least = Math.min(least, lane.drainedFromMs);
      }
    }
    return least;
  }

  /**
   * The least watermark of each side input's channels, by exchange id. That one is idle makes no
   * difference: it does not say that a window is empty, so what waits for it keeps waiting.
   */
  public Map<String, Long> sideWatermarksMs() {
    Map<String, Long> byExchange = new LinkedHashMap<>();
    for (Lane lane : lanes) {
      if (lane.side) {
        byExchange.merge(lane.exchange.id(), lane.watermarkMs, Math::min);
      }
    }
    return byExchange;
  }

  /** Whether every channel, of main and side inputs, has ended. */
  public boolean allEnded() {
    for (Lane lane : lanes) {
      if (!lane.ended) {
        return false;
      }
    }
    return true;
  }

  /** Discards whatever is in flight or will come; the task reads nothing more. */
  public void abandon() {
    for (Lane lane : lanes) {
      lane.channel.send(new Feedback.GivenUp());
      Object discarded;
      do {
        discarded = lane.channel.poll();
      } while (discarded != null);
    }
  }

  /** How many items it has taken from its channels. */
  public long received() {
    return received;
  }
}
