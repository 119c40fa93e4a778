package dev.sluice.worker.exchange;

import dev.sluice.worker.record.Batch;
import java.lang.invoke.VarHandle;
import org.jctools.queues.SpscArrayQueue;
import org.jctools.queues.SpscLinkedQueue;

/**
 * A channel between two tasks of one process: a ring of items, which pass by reference, and two
 * queues that lead back, for emptied batches and for feedback.
 *
 * <p>The producer's thread uses the {@link #writer()} only, the consumer's thread the {@link
 * #reader()} only. Always true: whatever both look at is written by one of them; nothing is locked,
 * and nothing is allocated but a node for each feedback and an object for each wait.
 */
public final class LocalChannel {
  /** Batches take half of the places at most, so that there is room for control items. */
  private static final int PLACES = 2 * Feedback.Credit.MOST;

  private final SpscArrayQueue<Object> items = new SpscArrayQueue<>(PLACES);
  private final SpscArrayQueue<Batch> emptied = new SpscArrayQueue<>(PLACES);
  private final SpscLinkedQueue<Feedback> feedback = new SpscLinkedQueue<>();

  /** What the producer waits for, or null; written by the producer. */
  private volatile Wait wait;

  /** Odd while the channel is behind; written by the producer. */
  private volatile long catchUps;

  /** Whether the consumer waits until it has caught up; written by the consumer. */
  private volatile boolean awaited;

  private final Writer writer;
  private final Reader reader;

  /** One wait for room. */
  private static final class Wait {
    final int most;

    Wait(int most) {
      this.most = most;
    }
  }

  /**
   * @param wakeProducer makes the producer's task step again; any thread
   * @param wakeConsumer makes the consumer's task step again; any thread
   */
  public LocalChannel(Runnable wakeProducer, Runnable wakeConsumer) {
    this.writer = new Writer(wakeConsumer);
    this.reader = new Reader(wakeProducer);
  }

  /** The producer's end. */
  public ChannelWriter writer() {
    return writer;
  }

  /** The consumer's end. */
  public ChannelReader reader() {
    return reader;
  }

  private final class Writer implements ChannelWriter {
    private final Runnable wakeConsumer;

    Writer(Runnable wakeConsumer) {
      this.wakeConsumer = wakeConsumer;
    }

    @Override
    public Batch emptyBatch() {
      Batch batch = emptied.relaxedPoll();
      return batch == null ? new Batch() : batch;
    }

    @Override
    public boolean offer(Object item, int limit) {
      if (items.size() >= limit || !items.offer(item)) {
        return false;
      }
      wakeConsumer.run();
      return true;
    }

    @Override
    public boolean awaitsRoom(int most) {
      wait = new Wait(most);
      if (items.size() <= most) {
        wait = null;
        return false;
      }
      return true;
    }

    @Override
    public Feedback nextFeedback() {
      return feedback.relaxedPoll();
    }

    @Override
    public void behind() {
      next(1);
    }

    @Override
    public void caughtUp() {
      next(0);
      if (awaited) {
        wakeConsumer.run();
      }
    }

    private void next(int parity) {
      long now = catchUps;
      if ((now & 1) != parity) {
        catchUps = now + 1;
      }
    }
  }

  private final class Reader implements ChannelReader {
    private final Runnable wakeProducer;
    private Wait ended;
    private long begun;

    Reader(Runnable wakeProducer) {
      this.wakeProducer = wakeProducer;
    }

    @Override
    public Object poll() {
      Object item = items.poll();
      if (item != null) {
        // The ring frees the place by a plain ordered store: without a fence the look at the wait
        // may come before it, and the producer, announcing itself in between, would still see a
        // full ring.
        VarHandle.fullFence();
      }
      Wait now = wait;
      if (now != ended && now != null && items.size() <= now.most) {
        ended = now;
        wakeProducer.run();
      }
      return item;
    }

    @Override
    public int waiting() {
      return items.size();
    }

    @Override
    public void giveBack(Batch batch) {
      batch.clear();
      emptied.offer(batch);
    }

    @Override
    public void send(Feedback message) {
      feedback.offer(message);
      if (!(message instanceof Feedback.Credit)) {
        wakeProducer.run();
      }
    }

    @Override
    public void awaitCatchUp() {
      // Before the look: so either it is seen here that it has caught up, or there that it is
      // awaited.
      awaited = true;
      begun = catchUps;
    }

    @Override
    public boolean caughtUp() {
      boolean done = (begun & 1) == 0 || catchUps != begun;
      if (done && awaited) {
        awaited = false;
      }
      return done;
    }
  }
}
