package dev.sluice.testing.fire;

import dev.sluice.protocol.Message;
import dev.sluice.protocol.world.Network;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One worker's way to the network, which can be cut: from then on nothing that it sends arrives,
 * and nothing reaches it.
 *
 * <p>Any thread. Always true: once it is cut, its addresses are free for another worker.
 */
final class SeverableNetwork implements Network {
  private final Network network;
  private final Set<String> addresses = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  SeverableNetwork(Network network) {
    this.network = network;
  }

  /** Cuts it. */
  void cut() {
    cut = true;
    addresses.forEach(network::unregister);
  }

  boolean isCut() {
    return cut;
  }

  @Override
  public void register(String address, Endpoint endpoint) {
    addresses.add(address);
    network.register(
        address,
        message -> {
          if (!cut) {
            endpoint.handle(message);
          }
        });
  }

  @Override
  public void unregister(String address) {
    if (!cut) {
      network.unregister(address);
    }
  }

  @Override
  public void send(String to, Message message) {
    if (!cut) {
      network.send(to, message);
    }
  }

  @Override
  public void post(String own, Object note) {
    if (!cut) {
      network.post(own, note);
    }
  }

  @Override
  public void postLater(String own, Object note, long delayMs) {
    if (!cut) {
      network.postLater(own, note, delayMs);
    }
  }
}
