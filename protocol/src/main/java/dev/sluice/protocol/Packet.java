package dev.sluice.protocol;

import java.util.List;

/**
 * A message on its way through a network that may lose it; see {@link
 * dev.sluice.protocol.world.SequencedNetwork}.
 *
 * @param process who sends it
 * @param addresses the addresses of that process
 * @param to where it goes
 * @param number how many it has sent there before
 * @param message what it carries
 */
public record Packet(
    String process, List<String> addresses, String to, long number, Message message)
    implements Message {
  public Packet {
    addresses = List.copyOf(addresses);
  }
}
