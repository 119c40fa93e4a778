package dev.sluice.worker.exchange;

/** Both ends of a channel, and the time that passes between them. */
interface TestChannel {

  /** The producer's end. */
  ChannelWriter writer();

  /** The consumer's end. */
  ChannelReader reader();

  /** Lets what is under way in one direction come one step further, if anything is. */
  void deliver(boolean toReader);
}
