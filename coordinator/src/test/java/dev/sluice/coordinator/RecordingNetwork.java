package dev.sluice.coordinator;

import dev.sluice.protocol.world.Network;
import java.util.ArrayList;
import java.util.List;

/** Keeps what is sent instead of sending it. */
final class RecordingNetwork implements Network {

  /** Something sent; {@code delayMs} is 0 if at once. */
  record Sent(String to, Object message, long delayMs) {}

  private final List<Sent> sent = new ArrayList<>();

  /** What was sent since the last call. */
  List<Sent> take() {
    List<Sent> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  /** How much was sent since the last call of {@link #take}. */
  int sentSoFar() {
    return sent.size();
  }

  /**
   * The messages to {@code address} since the last call of {@link #take}, which is what this does
   * too.
   */
  List<Object> takeTo(String address) {
    return take().stream().filter(s -> s.to().equals(address)).map(Sent::message).toList();
  }

  @Override
  public void register(String address, Endpoint endpoint) {
    throw new UnsupportedOperationException("nothing is delivered here");
  }

  @Override
  public void unregister(String address) {
    throw new UnsupportedOperationException("nothing is delivered here");
  }

  @Override
  public void send(String to, Object message) {
    sent.add(new Sent(to, message, 0));
  }

  @Override
  public void sendLater(String to, Object message, long delayMs) {
    sent.add(new Sent(to, message, delayMs));
  }
}
