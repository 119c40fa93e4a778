package dev.sluice.worker.exchange;

import dev.sluice.worker.record.Batch;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.SpscArrayQueue;

/**
 * The ordered way from one producer task to one consumer task of the same worker: a ring of batches
 * and control items, and a ring by which emptied batches come home.
 *
 * <p>The producer's thread calls the methods on its side only, the consumer's thread those on the
 * other; they share the rings, and how many batches may be under way: what the consumer gets
 * through in about 100 ms, as it measures, so that a barrier does not wait behind more. Always
 * true: at most {@link #MOST_BATCHES} batches are under way, and there is always room for a
 * watermark, a barrier, an answer and the end beside them.
 */
public final class Channel {
  /** The most batches that may be under way. */
  static final int MOST_BATCHES = 16;

  /** So many may always be: one that is filled while another one is read. */
  static final int LEAST_BATCHES = 2;

  private static final int RING = 2 * MOST_BATCHES;

  private final SpscArrayQueue<Object> ring = new SpscArrayQueue<>(RING);
  private final SpscArrayQueue<Batch> home = new SpscArrayQueue<>(RING);
  // Odd while the producer has a watermark of which not all of its consumers have been told.
  private final AtomicLong tidings = new AtomicLong();
  private final Runnable wakeProducer;
  private final Runnable wakeConsumer;
  private volatile int batchLimit = MOST_BATCHES;
  private volatile boolean producerWaits;
  private volatile boolean asked;
  private volatile boolean abandoned;

  /**
   * @param wakeProducer makes the producer's task step again; any thread
   * @param wakeConsumer makes the consumer's task step again; any thread
   */
  public Channel(Runnable wakeProducer, Runnable wakeConsumer) {
    this.wakeProducer = wakeProducer;
    this.wakeConsumer = wakeConsumer;
  }

  /** Producer: an empty batch, one that has come home if there is one. */
  Batch emptyBatch() {
    Batch batch = home.relaxedPoll();
    return batch == null ? new Batch() : batch;
  }

  /** Producer: hands over a batch or a control item; false if there is no room now. */
  boolean offer(Object item, int limit) {
    if (abandoned) {
      return true;
    }
    if (ring.size() >= limit || !ring.offer(item)) {
      return false;
    }
    wakeConsumer.run();
    return true;
  }

  boolean offerBatch(Batch batch) {
    return offer(batch, batchLimit);
  }

  boolean offerControl(ControlItem item) {
    return offer(item, RING);
  }

  /**
   * Producer: announces that it waits for room, and says whether there is some after all. The
   * consumer wakes it when the ring is half drained.
   */
  boolean awaitsRoom() {
    producerWaits = true;
    if (abandoned || ring.size() <= batchLimit / 2) {
      producerWaits = false;
      return false;
    }
    return true;
  }

  /** Consumer: the next item, or null. */
  Object poll() {
    Object item = ring.poll();
    if (item != null) {
      // The ring frees the place by a plain ordered store: without a fence the look at
      // producerWaits may come before it, and the producer, announcing itself in between, would
      // still see a full ring.
      VarHandle.fullFence();
    }
    if (producerWaits && ring.size() <= batchLimit / 2) {
      producerWaits = false;
      wakeProducer.run();
    }
    return item;
  }

  /** Producer: has a new watermark for all of its consumers. */
  void news() {
    tidings.lazySet(tidings.getPlain() | 1);
  }

  /** Producer: has told all of its consumers. */
  void told() {
    long now = tidings.getPlain();
    tidings.lazySet(now + (now & 1));
  }

  /** Consumer: changes when the producer has told all of its consumers what is odd now. */
  long tidings() {
    return tidings.get();
  }

  /** Consumer: asks for an {@link ControlItem.Answer}. */
  void ask() {
    asked = true;
    wakeProducer.run();
  }

  /** Producer: whether it was asked since it last looked. */
  boolean takeQuestion() {
    if (!asked) {
      return false;
    }
    asked = false;
    return true;
  }

  /** Consumer: how many items are under way. */
  int waiting() {
    return ring.size();
  }

  /** Consumer: how many batches may be under way from now on. */
  void limitBatches(int limit) {
    if (limit != batchLimit) {
      batchLimit = Math.max(LEAST_BATCHES, Math.min(limit, MOST_BATCHES));
    }
  }

  /** Consumer: gives an emptied batch back. */
  void giveBack(Batch batch) {
    batch.clear();
    home.offer(batch);
  }

  /** Consumer: will never read again; whatever is sent from now on is dropped. */
  void abandon() {
    abandoned = true;
    ring.clear();
    wakeProducer.run();
  }
}
