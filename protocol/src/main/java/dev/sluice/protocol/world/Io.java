package dev.sluice.protocol.world;

/**
 * Where work that may block on a disk or a storage is done: other threads in production, steps of
 * their own in a simulation.
 *
 * <p>Any thread submits. Always true: the work of one lane is done one piece after the other, in
 * the order in which they were submitted; what a piece of work finds out it sends as a message.
 */
@FunctionalInterface
public interface Io {
  /**
   * Does {@code work} soon; it throws nothing.
   *
   * @param lane names what must keep its order, such as the uploads of one task
   */
  void submit(String lane, Runnable work);
}
