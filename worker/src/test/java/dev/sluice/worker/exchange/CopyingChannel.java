package dev.sluice.worker.exchange;

import dev.sluice.worker.record.Batch;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A channel as a socket would be one: two plain queues, through which everything passes as a copy,
 * and takes as long as the test likes. The ends have nothing else in common.
 */
final class CopyingChannel implements TestChannel {
  private final Deque<Object> forward = new ArrayDeque<>();
  private final Deque<Object> backward = new ArrayDeque<>();
  private final Writer writer = new Writer();
  private final Reader reader = new Reader();
  private final boolean atOnce;

  /** What a reader tells its writer beside feedback: how many items it has taken, ever. */
  private record Taken(long items) {}

  /** Begins the handshake of catching up. */
  private record CatchUp(long number) {}

  /** Ends it, in order with the items. */
  private record CaughtUp(long number) {}

  /**
   * @param atOnce whether what is sent arrives at once; if not, one thing with each {@link
   *     #deliver}
   */
  CopyingChannel(boolean atOnce) {
    this.atOnce = atOnce;
  }

  @Override
  public ChannelWriter writer() {
    return writer;
  }

  @Override
  public ChannelReader reader() {
    return reader;
  }

  @Override
  public void deliver(boolean toReader) {
    if (toReader && !forward.isEmpty()) {
      reader.arrive(forward.poll());
    } else if (!toReader && !backward.isEmpty()) {
      writer.arrive(backward.poll());
    }
  }

  private void sendForward(Object copy) {
    forward.add(copy);
    if (atOnce) {
      deliver(true);
    }
  }

  private void sendBackward(Object copy) {
    backward.add(copy);
    if (atOnce) {
      deliver(false);
    }
  }

  private final class Writer implements ChannelWriter {
    private final Deque<Feedback> arrived = new ArrayDeque<>();
    private final Batch filled = new Batch();
    private long sent;
    private long taken;
    private boolean behind;
    private boolean asked;
    private long begun;

    void arrive(Object back) {
      if (back instanceof Taken acknowledged) {
        taken = acknowledged.items();
      } else if (back instanceof CatchUp request) {
        begun = request.number();
        asked = true;
        tellIfCaughtUp();
      } else {
        arrived.add((Feedback) back);
      }
    }

    @Override
    public Batch emptyBatch() {
      filled.clear();
      return filled;
    }

    @Override
    public boolean offer(Object item, int limit) {
      if (sent - taken >= limit) {
        return false;
      }
      sent++;
      sendForward(item instanceof Batch batch ? copy(batch) : copy((ControlItem) item));
      return true;
    }

    @Override
    public boolean awaitsRoom(int most) {
      return sent - taken > most;
    }

    @Override
    public Feedback nextFeedback() {
      return arrived.poll();
    }

    @Override
    public void behind() {
      behind = true;
    }

    @Override
    public void caughtUp() {
      behind = false;
      tellIfCaughtUp();
    }

    private void tellIfCaughtUp() {
      if (asked && !behind) {
        asked = false;
        sendForward(new CaughtUp(begun));
      }
    }
  }

  private final class Reader implements ChannelReader {
    private final Deque<Object> arrived = new ArrayDeque<>();
    private long taken;
    private long begun;
    private long ended;

    void arrive(Object item) {
      if (item instanceof CaughtUp done) {
        ended = done.number();
      } else {
        arrived.add(item);
      }
    }

    @Override
    public Object poll() {
      Object item = arrived.poll();
      if (item != null) {
        sendBackward(new Taken(++taken));
      }
      return item;
    }

    @Override
    public int waiting() {
      return arrived.size();
    }

    @Override
    public void giveBack(Batch batch) {
      batch.clear();
    }

    @Override
    public void send(Feedback feedback) {
      sendBackward(copy(feedback));
    }

    @Override
    public void awaitCatchUp() {
      sendBackward(new CatchUp(++begun));
    }

    @Override
    public boolean caughtUp() {
      return ended == begun;
    }
  }

  private static Batch copy(Batch batch) {
    Batch copy = new Batch();
    copy.accumulated(batch.accumulated());
    for (int i = 0; i < batch.size(); i++) {
      copy.add(
          batch.value(i), batch.keyHash(i), batch.timestampMs(i), batch.windows(i), batch.pane(i));
    }
    return copy;
  }

  private static ControlItem copy(ControlItem item) {
    if (item instanceof ControlItem.Watermark watermark) {
      return new ControlItem.Watermark(watermark.ms(), watermark.drainedFromMs(), watermark.idle());
    } else if (item instanceof ControlItem.BarrierItem barrier) {
      return new ControlItem.BarrierItem(barrier.checkpoint(), barrier.barrier());
    } else if (item instanceof ControlItem.Answer) {
      return new ControlItem.Answer();
    }
    return new ControlItem.End();
  }

  private static Feedback copy(Feedback feedback) {
    if (feedback instanceof Feedback.Credit credit) {
      return new Feedback.Credit(credit.batches());
    } else if (feedback instanceof Feedback.Question) {
      return new Feedback.Question();
    }
    return new Feedback.GivenUp();
  }
}
