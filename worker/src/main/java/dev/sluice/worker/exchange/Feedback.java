package dev.sluice.worker.exchange;

/** What the consumer of a channel sends to its producer, to be taken in by the producer's task. */
public sealed interface Feedback {

  /**
   * This number of batches may be in flight from now on. A consumer grants what it gets through in
   * about 100 ms, as it measures, so that a barrier does not wait behind more.
   *
   * @param batches between {@link #LEAST} and {@link #MOST}
   */
  record Credit(int batches) implements Feedback {
    /** The most that is granted; holds until the consumer has granted something else. */
    public static final int MOST = 16;

    /** One batch is filled while another one is read. */
    public static final int LEAST = 2;
  }

  /** Asks for a {@link ControlItem.Answer}. */
  record Question() implements Feedback {}

  /** The consumer reads nothing more: whatever is in flight, or would be sent, is discarded. */
  record GivenUp() implements Feedback {}
}
