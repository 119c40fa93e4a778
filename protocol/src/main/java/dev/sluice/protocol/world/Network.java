package dev.sluice.protocol.world;

/**
 * Carries messages between the coordinator, the workers and their clients.
 *
 * <p>Handed in: a queue and a thread per endpoint within one JVM, a seeded event queue in the
 * simulation, sockets between processes. Always true: messages from one sender to one receiver
 * arrive in order or not at all, and an endpoint handles one message at a time.
 */
public interface Network {

  /** Where messages to {@code address} go from now on; one endpoint per address. */
  void register(String address, Endpoint endpoint);

  /** Messages to {@code address} are dropped from now on. */
  void unregister(String address);

  /** Sends without waiting; a message to an unknown address is dropped. Any thread. */
  void send(String to, Object message);

  /** Delivers {@code message} after {@code delayMs} milliseconds. Any thread. */
  void sendLater(String to, Object message, long delayMs);

  /** What handles the messages of one address, one at a time. */
  @FunctionalInterface
  interface Endpoint {
    /** Handles one message; must not block. */
    void handle(Object message);
  }
}
