package dev.sluice.protocol.world;

import dev.sluice.protocol.Message;

/**
 * Carries messages between the coordinator, the workers and their clients.
 *
 * <p>Handed in: a queue and a thread per endpoint within one JVM, a seeded event queue in the
 * simulation, sockets between processes. Always true: messages from one sender to one receiver
 * arrive in order or not at all, and an endpoint handles one message at a time. An address belongs
 * to one life of one process: a process that is started again has another one.
 */
public interface Network {

  /** Where messages to {@code address} go from now on; one endpoint per address. */
  void register(String address, Endpoint endpoint);

  /** Messages to {@code address} are dropped from now on. */
  void unregister(String address);

  /** Sends without waiting; a message to an unknown address is dropped. Any thread. */
  void send(String to, Message message);

  /**
   * Hands a note of this process to an endpoint of it, which may hold anything, since it never
   * leaves the process. Without waiting; any thread.
   *
   * @param own an address that was registered in this process
   */
  void post(String own, Object note);

  /** Like {@link #post}, after {@code delayMs} milliseconds. Any thread. */
  void postLater(String own, Object note, long delayMs);

  /** What handles the messages of one address, one at a time. */
  @FunctionalInterface
  interface Endpoint {
    /** Handles one message, or note of this process; must not block. */
    void handle(Object message);
  }
}
