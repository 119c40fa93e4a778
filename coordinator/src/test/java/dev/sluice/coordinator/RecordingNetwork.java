package dev.sluice.coordinator;

import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.Message;
import dev.sluice.protocol.MessageForm;
import dev.sluice.protocol.world.Network;
import java.util.ArrayList;
import java.util.List;

/** Keeps what is sent instead of sending it. */
final class RecordingNetwork implements Network {

  /** Something sent; {@code delayMs} is 0 if at once. */
  record Sent(String to, Object message, long delayMs) {
    /** What an envelope holds, or the note. */
    Object content() {
      return message instanceof Envelope envelope ? envelope.content() : message;
    }
  }

  private final List<Sent> sent = new ArrayList<>();

  /** What was sent since the last call. */
  List<Sent> take() {
    List<Sent> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  /** Hands the notes to {@code address} to it, and keeps the rest. */
  void passOn(String address, Endpoint endpoint) {
    List<Sent> notes = sent.stream().filter(s -> s.to().equals(address)).toList();
    sent.removeAll(notes);
    notes.forEach(note -> endpoint.handle(note.message()));
  }

  /** How much was sent since the last call of {@link #take}. */
  int sentSoFar() {
    return sent.size();
  }

  /**
   * The contents of messages to {@code address} since the last call of {@link #take}, which is what
   * this does too.
   */
  List<Object> takeTo(String address) {
    return take().stream().filter(s -> s.to().equals(address)).map(Sent::content).toList();
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
  public void send(String to, Message message) {
    sent.add(new Sent(to, MessageForm.read(MessageForm.write(message)), 0));
  }

  @Override
  public void post(String own, Object note) {
    sent.add(new Sent(own, note, 0));
  }

  @Override
  public void postLater(String own, Object note, long delayMs) {
    sent.add(new Sent(own, note, delayMs));
  }
}
