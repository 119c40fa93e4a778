package dev.sluice.protocol.world;

/**
 * Where work that may block on a disk or a storage is done: other threads in production, steps of
 * their own in a simulation.
 *
 * <p>Any thread submits. Always true: works of one lane are done one after the other, in the order
 * in which they were submitted; what a work has found out it sends as a message.
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
